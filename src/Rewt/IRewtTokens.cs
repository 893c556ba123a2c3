namespace Rewt;

/// <summary>
/// Creates and verifies bearer tokens in code, for calls over a transport other than HTTP, such as a queue or SignalR. For HTTP calls, use
/// <c>AddRewtSigning</c> and <c>AddRewtAuthentication</c> instead. To sign values that are not bearer tokens, use <see cref="IRewtSignedData"/>.
/// </summary>
public interface IRewtTokens
{
    /// <summary>Creates a bearer token, valid for <see cref="RewtOptions.TokenLifetime"/>.</summary>
    /// <param name="audience">The name of the service to call. If <paramref name="audience"/> is <see langword="null"/>, any service of the namespace
    /// accepts the token. The value <see langword="null"/> is permitted with a shared secret only.</param>
    /// <param name="claims">The names and values of additional claims. The names <c>iss</c>, <c>aud</c>, <c>iat</c>, <c>exp</c>, <c>nbf</c>,
    /// <c>jti</c>, <c>client_id</c>, <c>htm</c>, <c>htt</c>, <c>htb</c>, <c>mbh</c> and <c>otu</c> are reserved. In an application that is trimmed or
    /// compiled ahead of time, a value must be a string, a number, a Boolean, a date or time, a list of strings, a <c>JsonElement</c> or a
    /// <c>JsonNode</c>.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">One of the following is true: the name of a claim is reserved; the audience is not a valid name; the
    /// audience is <see langword="null"/>, but the service signs with key pairs; the token would be longer than 8 KiB; the JSON of the token would be
    /// nested deeper than 16 levels.</exception>
    /// <exception cref="NotSupportedException">The value of a claim cannot be serialized as JSON.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<string> CreateBearerAsync(
        string? audience = null, IReadOnlyDictionary<string, object>? claims = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Verifies a bearer token that was received over a transport other than HTTP. The token must meet the same requirements as a token of an HTTP
    /// request. A token that is bound to a request or a message is refused. A one-time token is used up by the verification.
    /// </summary>
    /// <param name="token">The token to verify, without the word <c>Bearer</c>.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The content of the token, or the reason why it was refused.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<RewtVerification> VerifyBearerAsync(string token, CancellationToken cancellationToken = default);

    /// <summary>
    /// Creates a bearer token for one message that is sent over a transport other than HTTP. <see cref="VerifyMessageAsync"/> accepts the token only
    /// with the message's exact bytes. All other methods, and all authentication schemes, refuse the token.
    /// </summary>
    /// <param name="message">The bytes of the message. Include any other data that the receiver relies on: for example, prepend the name of the
    /// queue.</param>
    /// <param name="audience">The name of the service that receives the message. If <paramref name="audience"/> is <see langword="null"/>, any service
    /// of the namespace accepts the token. The value <see langword="null"/> is permitted with a shared secret only.</param>
    /// <param name="claims">The names and values of additional claims. For the reserved names, see <see cref="CreateBearerAsync"/>.</param>
    /// <param name="oneTime">Whether the token is accepted only once.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The token, which is valid for <see cref="RewtOptions.TokenLifetime"/>. The receiver must verify the message during the lifetime of the
    /// token.</returns>
    /// <exception cref="ArgumentException">An argument is invalid for one of the reasons that <see cref="CreateBearerAsync"/> lists.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<string> CreateMessageBearerAsync(
        ReadOnlyMemory<byte> message, string? audience = null, IReadOnlyDictionary<string, object>? claims = null, bool oneTime = false, CancellationToken cancellationToken = default);

    /// <summary>Verifies the bearer token of a message. A one-time token is used up by the verification.</summary>
    /// <param name="token">The token that the sender created with <see cref="CreateMessageBearerAsync"/>.</param>
    /// <param name="message">The bytes that the sender passed to <see cref="CreateMessageBearerAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the wait for the keys and for the store of used one-time tokens.</param>
    /// <returns>The content of the token, or the reason why it was refused.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys or the store of used one-time tokens are unavailable.</exception>
    Task<RewtVerification> VerifyMessageAsync(string token, ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default);
}
