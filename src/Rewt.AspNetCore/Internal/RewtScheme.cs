namespace Rewt.Internal;

/// <summary>A marker in the service collection: an authentication scheme that <c>AddRewt</c> has added.</summary>
internal sealed record RewtScheme(string Name);
