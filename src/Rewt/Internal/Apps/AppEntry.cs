namespace Rewt.Internal;

/// <summary>An app as it is stored.</summary>
internal sealed record AppEntry(
    string Id, string Name, string Owner, IReadOnlyList<string> Audiences, IReadOnlyList<string> Scopes, IReadOnlyList<AppKey> Keys);
