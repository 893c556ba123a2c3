namespace Rewt.Internal;

/// <summary>
/// The name of an authentication scheme that <c>AddRewt</c> has added. The service collection contains one object of this class for each scheme, so
/// that code that configures options recognizes the schemes of Rewt.
/// </summary>
internal sealed record RewtScheme(string Name);
