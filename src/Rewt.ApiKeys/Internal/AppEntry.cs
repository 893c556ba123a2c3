namespace Rewt.Internal;

/// <summary>
/// A trusted app as it is stored: its id, name and owner, the services that it may call, its scopes, and the hashes of its API keys.
/// </summary>
internal sealed record AppEntry(
    string Id, string Name, string Owner, IReadOnlyList<string> Audiences, IReadOnlyList<string> Scopes, IReadOnlyList<AppKey> Keys);
