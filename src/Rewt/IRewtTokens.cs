namespace Rewt;

/// <summary>
/// Creates and verifies bearer tokens for a transport other than HTTP, such as a queue or SignalR. <c>AddRewtSigning</c> and
/// <c>AddRewtAuthentication</c> do both for HTTP. <see cref="IRewtSignedData"/> signs values that are no bearer tokens.
/// </summary>
public interface IRewtTokens
{
    /// <summary>Creates a bearer token, valid for <see cref="RewtOptions.TokenLifetime"/>.</summary>
    /// <param name="audience">The service to call. <see langword="null"/> means any service of the namespace and is valid with a shared secret only.</param>
    /// <param name="claims">Additional claims. <c>iss</c>, <c>aud</c>, <c>iat</c>, <c>exp</c>, <c>nbf</c>, <c>jti</c> and <c>client_id</c> are
    /// reserved. Applications that are trimmed or compiled ahead of time can use strings, numbers, Booleans, dates and times, lists of strings,
    /// <c>JsonElement</c> and <c>JsonNode</c>.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">A claim is reserved; the audience is malformed, or missing with key pairs; or the token would be longer
    /// than 8 KiB or nested deeper than 16 levels.</exception>
    /// <exception cref="NotSupportedException">The value of a claim cannot be serialized as JSON.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<string> CreateBearerAsync(
        string? audience = null, IReadOnlyDictionary<string, object>? claims = null, CancellationToken cancellationToken = default);

    /// <summary>Verifies a bearer token that was received over a transport other than HTTP, by the rules of the HTTP scheme.</summary>
    /// <param name="token">The token, without the word <c>Bearer</c>.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The content of the token, or the reason why it was refused.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<RewtVerification> VerifyBearerAsync(string token, CancellationToken cancellationToken = default);
}
