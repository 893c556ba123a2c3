namespace Rewt.Internal;

/// <summary>
/// The key of a tenant, derived from a secret of the namespace for one generation (<see cref="TenantState"/>), as a key of the
/// Microsoft.IdentityModel libraries. Once it has verified a signature, <see cref="ConfirmAsync"/> tells whether the generation is still valid; the
/// check is part of the key, so that a custom resolver cannot lose it.
/// </summary>
internal sealed class TenantSecurityKey : RingSecurityKey
{
    private readonly Func<TenantSecurityKey, CancellationToken, ValueTask<bool>> _confirm;

    public TenantSecurityKey(Func<TenantSecurityKey, CancellationToken, ValueTask<bool>> confirm, string @namespace, string tenant, Secret secret, StoreTime generation)
        : base(secret.Derive(@namespace, tenant, generation))
    {
        (_confirm, Tenant, SecretId, Generation) = (confirm, tenant, secret.KeyId, generation);
        Signer = new RingKey(this);
    }

    public string Tenant { get; }

    /// <summary>The key id of the secret.</summary>
    public string SecretId { get; }

    public StoreTime Generation { get; }

    /// <summary>This key as a key to sign with.</summary>
    public RingKey Signer { get; }

    /// <summary>Returns whether the generation is valid. A tenant that this instance does not know is read from the store.</summary>
    /// <exception cref="RewtKeysUnavailableException">The store is unavailable.</exception>
    public ValueTask<bool> ConfirmAsync(CancellationToken cancellationToken) => _confirm(this, cancellationToken);
}
