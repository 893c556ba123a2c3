namespace Rewt.Internal;

/// <summary>
/// The claims that make a token an app token. The token endpoint issues app tokens to trusted apps for their API keys. Only the token endpoint
/// creates objects of this type. The claims that a caller adds to a token can therefore not make it an app token.
/// </summary>
internal sealed class AppClaims() : Dictionary<string, object>(StringComparer.Ordinal);
