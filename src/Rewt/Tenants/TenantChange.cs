namespace Rewt.Internal;

/// <summary>A change of a tenant's state in the store.</summary>
internal readonly record struct TenantChange(string Tenant, TenantGeneration Before, TenantGeneration After)
{
    /// <summary>Whether a deletion ends.</summary>
    public bool EndsDeletion => Before.IsDeleted && !After.IsDeleted;

    /// <summary>Whether the change replaces what is stored. A revocation does not end a deletion that its author did not know.</summary>
    public bool Replaces(TenantGeneration stored) => After.IsNewerThan(stored) && (!stored.IsDeleted || After.IsDeleted || EndsDeletion);
}
