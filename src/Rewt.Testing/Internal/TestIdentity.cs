namespace Rewt.Internal;

/// <summary>The service under whose name a client of a test calls. Only its random id is sent.</summary>
internal sealed record TestIdentity(
    string Id, string Service, IReadOnlyDictionary<string, object>? Claims, string? Audience, string? Tenant, string? Scheme, RequestBinding Binding, bool OneTime)
{
    /// <summary>Returns the service's name. The id is not included, because it is sufficient to call as the service.</summary>
    public override string ToString() => $"{Service} of a test";
}
