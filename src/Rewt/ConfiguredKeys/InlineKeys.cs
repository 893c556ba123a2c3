namespace Rewt.Internal;

/// <summary>The source of public keys for an entry of the settings that contains the text of the keys. Each read returns the same keys.</summary>
internal sealed class InlineKeys(PublicKeySet keys) : IPublicKeySource
{
    public string Name => "the settings";

    public Task<PublicKeySet> ReadAsync(bool isAsked, CancellationToken cancellationToken) => Task.FromResult(keys);
}
