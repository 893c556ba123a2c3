namespace Rewt.Internal;

/// <summary>A trusted app as a store holds it: its id and names, the services that it may call, its scopes, and its API keys as hashes.</summary>
internal sealed record AppEntry(
    string Id, string Name, string Owner, IReadOnlyList<string> Audiences, IReadOnlyList<string> Scopes, IReadOnlyList<AppKey> Keys);
