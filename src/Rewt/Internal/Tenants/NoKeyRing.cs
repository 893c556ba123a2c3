namespace Rewt.Internal;

/// <summary>In place of the ring of a namespace whose tenants have one each.</summary>
internal sealed class NoKeyRing(string @namespace) : IRewtKeyRing
{
    public Task<RewtKeyRing> GetAsync(CancellationToken cancellationToken = default) => throw None();

    public Task<RewtKeyRing> RotateAsync(CancellationToken cancellationToken = default) => throw None();

    public Task<RewtKeyRing> RevokeAsync(string keyId, CancellationToken cancellationToken = default) => throw None();

    public Task<RewtRevocation> RevokeAndWaitAsync(string keyId, TimeSpan timeout, CancellationToken cancellationToken = default) => throw None();

    private InvalidOperationException None() =>
        new($"The namespace '{@namespace}' has a ring for each tenant and none of its own (Rewt:Tenants); see IRewtTenants.");
}
