namespace Rewt.Internal;

/// <summary>That an authentication scheme is ours.</summary>
internal sealed record RewtScheme(string Name);
