namespace Rewt.Internal;

/// <summary>The stored data of an app.</summary>
internal sealed record AppEntry(
    string Id, string Name, string Owner, IReadOnlyList<string> Audiences, IReadOnlyList<string> Scopes, IReadOnlyList<AppKey> Keys);
