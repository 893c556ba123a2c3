namespace Rewt.Internal;

/// <summary>The source of public keys whose text is an entry of the settings. Each read returns the same keys.</summary>
internal sealed class InlineKeys(PublicKeySet keys) : IPublicKeySource
{
    public string Name => "the settings";

    public Task<PublicKeySet> ReadAsync(bool isAsked, CancellationToken cancellationToken) => Task.FromResult(keys);
}
