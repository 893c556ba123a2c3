using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;

namespace Rewt;

/// <summary>
/// Signs and verifies outside HTTP. <c>SignAsync</c> creates data tokens, with <c>typ</c> <c>rewt-data+jwt</c> (RFC 8725 §3.11): a receiver never
/// accepts one as a bearer token, and <see cref="VerifyAsync"/> never accepts a bearer token as data.
/// </summary>
public interface IRewtTokens
{
    /// <summary>
    /// Signs a value as JSON, with <see cref="System.Text.Json.JsonSerializerDefaults.Web"/>. The token is valid for
    /// <see cref="RewtOptions.TokenLifetime"/>.
    /// </summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value to sign.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">The token would be longer than 8 KiB, or is nested deeper than 16 levels.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    [RequiresUnreferencedCode("JSON by reflection may need members that are trimmed; pass a JsonTypeInfo.")]
    [RequiresDynamicCode("JSON by reflection needs code made at run time; pass a JsonTypeInfo.")]
    Task<string> SignAsync<T>(T value, CancellationToken cancellationToken = default);

    /// <summary>Signs a value as JSON without reflection, for applications that are trimmed or compiled ahead of time.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value to sign.</param>
    /// <param name="typeInfo">How to serialize the value, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">The token would be longer than 8 KiB, or is nested deeper than 16 levels.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<string> SignAsync<T>(T value, JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken = default);

    /// <summary>Signs a string. <see cref="RewtVerification.Text"/> returns it after verification.</summary>
    /// <param name="value">The string to sign.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">The token would be longer than 8 KiB.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<string> SignAsync(string value, CancellationToken cancellationToken = default);

    /// <summary>Signs bytes. <see cref="RewtVerification.Bytes"/> returns them after verification.</summary>
    /// <param name="value">The bytes to sign.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">The token would be longer than 8 KiB.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<string> SignAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default);

    /// <summary>
    /// Verifies a data token that any service of the namespace signed with <c>SignAsync</c>, and tokens of Node's <c>rewt</c> if
    /// <see cref="RewtOptions.AcceptNodeTokens"/> is set. A bad token is a result, not an exception.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The content of the token, or the reason why it was refused.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<RewtVerification> VerifyAsync(string token, CancellationToken cancellationToken = default);

    /// <summary>
    /// Creates a bearer token for a transport other than HTTP, such as a queue or SignalR. <c>AddRewtSigning</c> does this for an <c>HttpClient</c>.
    /// </summary>
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
    /// or a message is refused, and a one-time token is thereby used.
    /// </summary>
    /// <param name="token">The token, without the word <c>Bearer</c>.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The content of the token, or the reason why it was refused.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<RewtVerification> VerifyBearerAsync(string token, CancellationToken cancellationToken = default);

    /// <summary>
    /// Creates a bearer token for one message of a transport other than HTTP: <see cref="VerifyMessageAsync"/> accepts it with exactly these bytes,
    /// and everything else refuses it.
    /// </summary>
    /// <param name="message">The bytes of the message, with what the receiver relies on: for example the queue's name in front of the content.</param>
    /// <param name="audience">The service that receives the message. <see langword="null"/> means any service of the namespace and is valid with a
    /// shared secret only.</param>
    /// <param name="claims">Additional claims, as for <see cref="CreateBearerAsync"/>.</param>
    /// <param name="oneTime">Whether the token is accepted only once.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The token. It is valid for <see cref="RewtOptions.TokenLifetime"/>, which must be longer than the message waits.</returns>
    /// <exception cref="ArgumentException">As for <see cref="CreateBearerAsync"/>.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<string> CreateMessageBearerAsync(
        ReadOnlyMemory<byte> message, string? audience = null, IReadOnlyDictionary<string, object>? claims = null, bool oneTime = false, CancellationToken cancellationToken = default);

    /// <summary>Verifies the bearer token of a message. A one-time token is thereby used.</summary>
    /// <param name="token">The token of <see cref="CreateMessageBearerAsync"/>.</param>
    /// <param name="message">The bytes of the message.</param>
    /// <param name="cancellationToken">Cancels the wait for keys and for the store of the used tokens.</param>
    /// <returns>The content of the token, or the reason why it was refused.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable, or the store of the used tokens is.</exception>
    Task<RewtVerification> VerifyMessageAsync(string token, ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default);
}
