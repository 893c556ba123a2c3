namespace Rewt.Internal;

/// <summary>
/// The claims of an app's token. Only the token endpoint creates this type, so a caller's own claims cannot make a service's token an app token.
/// </summary>
internal sealed class AppClaims() : Dictionary<string, object>(StringComparer.Ordinal);
