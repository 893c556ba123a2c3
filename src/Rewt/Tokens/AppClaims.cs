namespace Rewt.Internal;

/// <summary>
/// The additional claims of a token that the token endpoint issues to an app. Only the endpoint creates this type, so a caller's own claims cannot make
/// a service's token an app token.
/// </summary>
internal sealed class AppClaims() : Dictionary<string, object>(StringComparer.Ordinal);
