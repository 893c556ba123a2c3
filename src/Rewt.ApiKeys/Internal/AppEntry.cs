namespace Rewt.Internal;

/// <summary>An app as a store holds it: its names, what it may call, and its API keys as hashes.</summary>
internal sealed record AppEntry(
    string Id, string Name, string Owner, IReadOnlyList<string> Audiences, IReadOnlyList<string> Scopes, IReadOnlyList<AppKey> Keys);
