namespace Rewt.Internal;

/// <summary>Who a client calls as. Only the id travels.</summary>
internal sealed record TestIdentity(
    string Id, string Service, IReadOnlyDictionary<string, object>? Claims, string? Audience, string? Tenant, string? Scheme)
{
    /// <summary>Says nothing of the id: whoever has it is the caller.</summary>
    public override string ToString() => $"{Service} of a test";
}
