namespace Rewt.Internal;

/// <summary>
/// The claims that make a token an app token. The token endpoint issues an app token to a trusted app that presents its API key. Only the token
/// endpoint creates objects of this type. Therefore, the claims that a caller adds to a token cannot make the token an app token.
/// </summary>
internal sealed class AppClaims() : Dictionary<string, object>(StringComparer.Ordinal);
