namespace Rewt.Internal;

/// <summary>Keys that stand in the settings themselves.</summary>
internal sealed class WrittenKeys(PublicKeySet keys) : IPublicKeyPlace
{
    public string Name => "the settings";

    public Task<PublicKeySet> ReadAsync(bool isAsked, CancellationToken cancellationToken) => Task.FromResult(keys);
}
