namespace Rewt.Internal;

/// <summary>Public keys that the settings themselves contain.</summary>
internal sealed class InlineKeys(PublicKeySet keys) : IPublicKeySource
{
    public string Name => "the settings";

    public Task<PublicKeySet> ReadAsync(bool isAsked, CancellationToken cancellationToken) => Task.FromResult(keys);
}
