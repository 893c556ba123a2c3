namespace Rewt.Internal;

/// <summary>
/// A marker in the service collection for each authentication scheme that <c>AddRewt</c> has added, by which options code recognizes the schemes of
/// Rewt.
/// </summary>
internal sealed record RewtScheme(string Name);
