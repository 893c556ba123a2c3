namespace Rewt.Internal;

/// <summary>Public keys that the settings themselves contain.</summary>
internal sealed class WrittenKeys(PublicKeySet keys) : IPublicKeyPlace
{
    public string Name => "the settings";

    public Task<PublicKeySet> ReadAsync(bool isAsked, CancellationToken cancellationToken) => Task.FromResult(keys);
}
