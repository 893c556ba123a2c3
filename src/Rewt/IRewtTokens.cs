using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;

namespace Rewt;

/// <summary>
/// Signs and verifies outside HTTP. What <c>SignAsync</c> makes is data, <c>typ</c> <c>rewt-data+jwt</c> (RFC 8725 §3.11): no receiver
/// takes it for a bearer token, and <see cref="VerifyAsync"/> takes no bearer token for data.
/// </summary>
public interface IRewtTokens
{
    /// <summary>Signs a value as JSON (<see cref="System.Text.Json.JsonSerializerDefaults.Web"/>); good for <see cref="RewtOptions.TokenLifetime"/>.</summary>
    /// <typeparam name="T">What is signed.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends the waiting for keys.</param>
    /// <exception cref="ArgumentException">The token would be longer than 8 KiB, or is nested deeper than 16 levels.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    [RequiresUnreferencedCode("JSON by reflection may need members that are trimmed; pass a JsonTypeInfo.")]
    [RequiresDynamicCode("JSON by reflection needs code made at run time; pass a JsonTypeInfo.")]
    Task<string> SignAsync<T>(T value, CancellationToken cancellationToken = default);

    /// <summary>Signs a value as JSON without reflection, for applications that are trimmed or compiled ahead of time.</summary>
    /// <typeparam name="T">What is signed.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="typeInfo">How it is written, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <param name="cancellationToken">Ends the waiting for keys.</param>
    /// <exception cref="ArgumentException">The token would be longer than 8 KiB, or is nested deeper than 16 levels.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    Task<string> SignAsync<T>(T value, JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken = default);

    /// <summary>Signs a text; read it back from <see cref="RewtVerification.Text"/>.</summary>
    /// <param name="value">The text.</param>
    /// <param name="cancellationToken">Ends the waiting for keys.</param>
    /// <exception cref="ArgumentException">The token would be longer than 8 KiB.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    Task<string> SignAsync(string value, CancellationToken cancellationToken = default);

    /// <summary>Signs bytes; read them back from <see cref="RewtVerification.Bytes"/>.</summary>
    /// <param name="value">The bytes.</param>
    /// <param name="cancellationToken">Ends the waiting for keys.</param>
    /// <exception cref="ArgumentException">The token would be longer than 8 KiB.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    Task<string> SignAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default);

    /// <summary>Verifies what <c>SignAsync</c> made anywhere in the namespace, and what Node signed where
    /// <see cref="RewtOptions.AcceptNodeTokens"/> is on. A bad token is a result, not an exception.</summary>
    /// <param name="token">The token.</param>
    /// <param name="cancellationToken">Ends the waiting for keys.</param>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    Task<RewtVerification> VerifyAsync(string token, CancellationToken cancellationToken = default);

    /// <summary>Makes a bearer token for another transport (a queue, SignalR); over HTTP, <c>AddRewtSigning</c> does it.</summary>
    /// <param name="audience">The service that is called; <see langword="null"/> for any of the namespace, where all share one secret.</param>
    /// <param name="claims">What else the token says; <c>iss</c>, <c>aud</c>, <c>iat</c>, <c>exp</c>, <c>nbf</c>, <c>jti</c> and <c>client_id</c> are not the caller's to set.
    /// In an application that is trimmed or compiled ahead of time: text, numbers, true and false, times, lists of text, <c>JsonElement</c> and <c>JsonNode</c>.</param>
    /// <param name="cancellationToken">Ends the waiting for keys.</param>
    /// <exception cref="ArgumentException">A reserved claim, a malformed audience or none with key pairs, or a token longer than 8 KiB or nested deeper than 16 levels.</exception>
    /// <exception cref="NotSupportedException">A claim's value cannot be written as JSON.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    Task<string> CreateBearerAsync(
        string? audience = null, IReadOnlyDictionary<string, object>? claims = null, CancellationToken cancellationToken = default);

    /// <summary>Verifies a bearer token that came by another transport, as the HTTP scheme would.</summary>
    /// <param name="token">The token, without the word <c>Bearer</c>.</param>
    /// <param name="cancellationToken">Ends the waiting for keys.</param>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    Task<RewtVerification> VerifyBearerAsync(string token, CancellationToken cancellationToken = default);
}
