namespace Rewt;

/// <summary>
/// The description of a trusted app. The methods of <see cref="IRewtApps"/> add, change and list trusted apps. A trusted app is a caller without
/// access to Redis that authenticates with an API key. The description names the services that the app may call, and the scopes of the app.
/// </summary>
public sealed record RewtApp
{
    /// <summary>Initializes the description of an app.</summary>
    /// <param name="id">The id of the app: at most 64 letters, digits, <c>.</c> <c>_</c> <c>-</c>.</param>
    public RewtApp(string id) => Id = id;

    /// <summary>
    /// The id of the app, which is part of each of its API keys. In <c>RequireCaller</c> and in <c>Identity.Name</c>, the app is named by <c>app:</c>
    /// followed by the id.
    /// </summary>
    public string Id { get; init; }

    /// <summary>The display name of the app.</summary>
    /// <value>At most 200 characters. Default: empty.</value>
    public string Name { get; init; } = string.Empty;

    /// <summary>The person or team that is responsible for the app.</summary>
    /// <value>At most 200 characters. Default: empty.</value>
    public string Owner { get; init; } = string.Empty;

    /// <summary>The services that the app may call, each by its <see cref="RewtOptions.ServiceName"/>.</summary>
    /// <value>One to 32 names.</value>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>The permissions of the app (scopes, RFC 6749 §3.3). Each scope becomes one <c>scope</c> claim of the app's identity.</summary>
    /// <value>At most 64 scopes of at most 128 printable ASCII characters without spaces, quotes and backslashes. Default: none.</value>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>
    /// The API keys of the app. Keys that were revoked or expired more than 31 days ago are not included. <see cref="IRewtApps.ListAsync"/> sets the
    /// keys.
    /// </summary>
    public IReadOnlyList<RewtApiKey> Keys { get; init; } = [];
}
