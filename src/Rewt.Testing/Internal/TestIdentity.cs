namespace Rewt.Internal;

/// <summary>
/// What a test has specified for the tokens of a client: the calling service, claims, audience, tenant and binding. Only its random id is sent.
/// </summary>
internal sealed record TestIdentity(
    string Id, string Service, IReadOnlyDictionary<string, object>? Claims, string? Audience, string? Tenant, string? Scheme, RequestBinding Binding, bool OneTime)
{
    /// <summary>Returns the service's name. The id is not included, because it is sufficient to call as the service.</summary>
    public override string ToString() => $"{Service} of a test";
}
