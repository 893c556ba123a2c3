namespace Rewt.Internal;

/// <summary>The <see cref="IRewtKeyRing"/> of a namespace with a ring for each tenant. Every call throws.</summary>
internal sealed class NoKeyRing(string @namespace) : IRewtKeyRing
{
    public Task<RewtKeyRing> GetAsync(CancellationToken cancellationToken = default) => throw None();

    public Task<RewtKeyRing> RotateAsync(CancellationToken cancellationToken = default) => throw None();

    public Task<RewtKeyRing> RevokeAsync(string keyId, CancellationToken cancellationToken = default) => throw None();

    public Task<RewtRevocation> RevokeAndWaitAsync(string keyId, TimeSpan timeout, CancellationToken cancellationToken = default) => throw None();

    private InvalidOperationException None() =>
        new($"The namespace '{@namespace}' has one key ring for each tenant and none of its own (Rewt:Tenants). Use IRewtTenants.");
}
