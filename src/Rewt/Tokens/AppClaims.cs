namespace Rewt.Internal;

/// <summary>
/// The claims that make a token an app token: one that the token endpoint issues to a trusted app for its API key. Only the endpoint creates this
/// type, so the claims that a caller adds cannot make a service's token an app token.
/// </summary>
internal sealed class AppClaims() : Dictionary<string, object>(StringComparer.Ordinal);
