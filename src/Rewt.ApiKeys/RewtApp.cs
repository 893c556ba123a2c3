namespace Rewt;

/// <summary>
/// A trusted app, as <see cref="IRewtApps"/> adds and lists it: a caller without access to Redis that authenticates with an API key, the services
/// that it may call, and its scopes.
/// </summary>
public sealed record RewtApp
{
    /// <summary>Creates a description of an app.</summary>
    /// <param name="id">The app's id: letters, digits, <c>.</c> <c>_</c> <c>-</c>, at most 64 characters.</param>
    public RewtApp(string id) => Id = id;

    /// <summary>The app's id, which is part of each key. Policies and <c>Identity.Name</c> use the text <c>app:</c> followed by the id.</summary>
    public string Id { get; init; }

    /// <summary>The display name.</summary>
    /// <value>At most 200 characters. Default: empty.</value>
    public string Name { get; init; } = string.Empty;

    /// <summary>The person or team responsible for the app.</summary>
    /// <value>At most 200 characters. Default: empty.</value>
    public string Owner { get; init; } = string.Empty;

    /// <summary>The services that accept the app, each by its <see cref="RewtOptions.ServiceName"/>.</summary>
    /// <value>One to 32 names.</value>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>The permissions of the app, each as one <c>scope</c> claim (RFC 6749 §3.3, RFC 8693 §4.2).</summary>
    /// <value>At most 64 scopes of at most 128 printable ASCII characters without spaces, quotes and backslashes. Default: none.</value>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The app's live keys, and those that were revoked or expired in the last 31 days. <see cref="IRewtApps"/> sets them.</summary>
    public IReadOnlyList<RewtApiKey> Keys { get; init; } = [];
}
