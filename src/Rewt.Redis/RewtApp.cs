namespace Rewt;

/// <summary>A trusted app: a caller that shows an API key.</summary>
/// <param name="Id">
/// Letters, digits, <c>.</c> <c>_</c> <c>-</c>, at most 64 characters; it is a part of each key. Policies and <c>Identity.Name</c> call the app
/// <c>app:</c> and its id.
/// </param>
public sealed record RewtApp(string Id)
{
    /// <summary>What people call it.</summary>
    /// <value>At most 200 characters. Default: empty.</value>
    public string Name { get; init; } = string.Empty;

    /// <summary>Whom to ask about it.</summary>
    /// <value>At most 200 characters. Default: empty.</value>
    public string Owner { get; init; } = string.Empty;

    /// <summary>The services that let it in, each by its <see cref="RewtOptions.ServiceName"/>.</summary>
    /// <value>One to 32 names.</value>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>What it may do: one claim <c>scope</c> each (RFC 6749 §3.3, RFC 8693 §4.2).</summary>
    /// <value>At most 64 of at most 128 printable ASCII characters without spaces, quotes and backslashes. Default: none.</value>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Its keys, the live ones and those that ended in the last 31 days; set by <see cref="IRewtApps"/>.</summary>
    public IReadOnlyList<RewtApiKey> Keys { get; internal init; } = [];
}
