namespace Rewt.Internal;

/// <summary>
/// The key of a tenant, as a key object of the Microsoft.IdentityModel libraries. The key is derived from a secret of the namespace for one
/// generation (<see cref="TenantState"/>). After the key has verified a signature, <see cref="ConfirmAsync"/> checks whether the generation is still
/// valid. The check is part of the key object, so that a resolver of the application cannot omit it.
/// </summary>
internal sealed class TenantSecurityKey : RingSecurityKey
{
    private readonly Func<TenantSecurityKey, CancellationToken, ValueTask<bool>> _confirm;

    public TenantSecurityKey(Func<TenantSecurityKey, CancellationToken, ValueTask<bool>> confirm, TenantId tenant, Secret secret, StoreTime generation)
        : base(secret.Derive(tenant, generation))
    {
        (_confirm, Tenant, SecretId, Generation) = (confirm, tenant.Name, secret.KeyId, generation);
        Signer = new RingKey(this);
    }

    public string Tenant { get; }

    /// <summary>The key id of the secret from which the key is derived.</summary>
    public KeyId SecretId { get; }

    public StoreTime Generation { get; }

    /// <summary>The key as a <see cref="RingKey"/>, which signs tokens.</summary>
    public RingKey Signer { get; }

    /// <summary>
    /// Returns whether the generation of the key is valid. If this instance does not know the tenant, the tenant is read from the store.
    /// </summary>
    /// <exception cref="RewtKeysUnavailableException">The tenant must be read, but the store is unavailable.</exception>
    public ValueTask<bool> ConfirmAsync(CancellationToken cancellationToken) => _confirm(this, cancellationToken);
}
