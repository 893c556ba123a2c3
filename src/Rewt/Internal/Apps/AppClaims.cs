namespace Rewt.Internal;

/// <summary>Claims of an app's token. Only the token endpoint makes them, so no caller's claims can make a service's token look like an app's.</summary>
internal sealed class AppClaims() : Dictionary<string, object>(StringComparer.Ordinal);
