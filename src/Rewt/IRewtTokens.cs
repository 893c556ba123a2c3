namespace Rewt;

/// <summary>
/// Creates and verifies bearer tokens in code, for calls over a transport other than HTTP, such as a queue or SignalR. For HTTP,
/// <c>AddRewtSigning</c> and <c>AddRewtAuthentication</c> do both; values that are not bearer tokens are signed by <see cref="IRewtSignedData"/>.
/// </summary>
public interface IRewtTokens
{
    /// <summary>Creates a bearer token, valid for <see cref="RewtOptions.TokenLifetime"/>.</summary>
    /// <param name="audience">The service to call. <see langword="null"/> means any service of the namespace and is valid with a shared secret only.</param>
    /// <param name="claims">Additional claims. <c>iss</c>, <c>aud</c>, <c>iat</c>, <c>exp</c>, <c>nbf</c>, <c>jti</c>, <c>client_id</c>,
    /// <c>htm</c>, <c>htt</c>, <c>htb</c>, <c>mbh</c> and <c>otu</c> are reserved. Applications that are trimmed or compiled ahead of time can use strings, numbers, Booleans, dates and times, lists of strings,
    /// <c>JsonElement</c> and <c>JsonNode</c>.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">A claim is reserved; the audience is malformed, or missing with key pairs; or the token would be longer
    /// than 8 KiB or nested deeper than 16 levels.</exception>
    /// <exception cref="NotSupportedException">The value of a claim cannot be serialized as JSON.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<string> CreateBearerAsync(
        string? audience = null, IReadOnlyDictionary<string, object>? claims = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Verifies a bearer token that was received over a transport other than HTTP, by the rules of the HTTP scheme. A token that is bound to a request
    /// or a message is refused. The verification uses up a one-time token.
    /// </summary>
    /// <param name="token">The token, without the word <c>Bearer</c>.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The content of the token, or the reason why it was refused.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<RewtVerification> VerifyBearerAsync(string token, CancellationToken cancellationToken = default);

    /// <summary>
    /// Creates a bearer token for one message of a transport other than HTTP: <see cref="VerifyMessageAsync"/> accepts the token with exactly these bytes,
    /// and all other methods and schemes refuse it.
    /// </summary>
    /// <param name="message">The bytes of the message, and any other data that the receiver relies on, for example the queue's name in front of the content.</param>
    /// <param name="audience">The service that receives the message. <see langword="null"/> means any service of the namespace and is valid with a
    /// shared secret only.</param>
    /// <param name="claims">Additional claims, as for <see cref="CreateBearerAsync"/>.</param>
    /// <param name="oneTime">Whether the token is accepted only once.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The token, valid for <see cref="RewtOptions.TokenLifetime"/>. The message must reach its receiver within that time.</returns>
    /// <exception cref="ArgumentException">As for <see cref="CreateBearerAsync"/>.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<string> CreateMessageBearerAsync(
        ReadOnlyMemory<byte> message, string? audience = null, IReadOnlyDictionary<string, object>? claims = null, bool oneTime = false, CancellationToken cancellationToken = default);

    /// <summary>Verifies the bearer token of a message. The verification uses up a one-time token.</summary>
    /// <param name="token">The token of <see cref="CreateMessageBearerAsync"/>.</param>
    /// <param name="message">The bytes of the message.</param>
    /// <param name="cancellationToken">Cancels the wait for keys and for the store of the used tokens.</param>
    /// <returns>The content of the token, or the reason why it was refused.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys, or the store of used one-time tokens, are unavailable.</exception>
    Task<RewtVerification> VerifyMessageAsync(string token, ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default);
}
