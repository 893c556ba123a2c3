namespace Rewt.Internal;

/// <summary>Marks an authentication scheme as added by <c>AddRewt</c>.</summary>
internal sealed record RewtScheme(string Name);
