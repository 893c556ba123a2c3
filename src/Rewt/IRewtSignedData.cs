using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;

namespace Rewt;

/// <summary>
/// Signs values outside HTTP calls, such as the content of a link or a cookie, and verifies them in any service of the namespace. The result of
/// signing is a data token: its <c>typ</c> is <c>rewt-data+jwt</c> (RFC 8725 §3.11). A receiver never accepts a data token as a bearer token, and
/// <see cref="VerifyAsync"/> never accepts a bearer token as data.
/// </summary>
public interface IRewtSignedData
{
    /// <summary>
    /// Serializes a value to JSON with <see cref="System.Text.Json.JsonSerializerDefaults.Web"/>, and signs the JSON.
    /// <see cref="RewtVerification.Get{T}()"/> returns the value after verification. The token is valid for <see cref="RewtOptions.TokenLifetime"/>.
    /// </summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value to sign.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">The token would be longer than 8 KiB, or its JSON would be nested deeper than 16 levels.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    [RequiresUnreferencedCode("JSON by reflection may need members that are trimmed; pass a JsonTypeInfo.")]
    [RequiresDynamicCode("JSON by reflection needs code made at run time; pass a JsonTypeInfo.")]
    Task<string> SignAsync<T>(T value, CancellationToken cancellationToken = default);

    /// <summary>
    /// Serializes a value to JSON without reflection, and signs the JSON. Applications that are trimmed or compiled ahead of time need this overload.
    /// </summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value to sign.</param>
    /// <param name="typeInfo">The serialization metadata of the type <typeparamref name="T"/>, from a
    /// <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">The token would be longer than 8 KiB, or its JSON would be nested deeper than 16 levels.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<string> SignAsync<T>(T value, JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken = default);

    /// <summary>Signs a string. <see cref="RewtVerification.Text"/> returns the string after verification.</summary>
    /// <param name="value">The string to sign.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">The token would be longer than 8 KiB.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<string> SignTextAsync(string value, CancellationToken cancellationToken = default);

    /// <summary>Signs bytes. <see cref="RewtVerification.Bytes"/> returns the bytes after verification.</summary>
    /// <param name="value">The bytes to sign.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">The token would be longer than 8 KiB.</exception>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<string> SignBytesAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default);

    /// <summary>
    /// Verifies a data token that any service of the namespace signed. If <see cref="RewtOptions.AcceptNodeTokens"/> is set, tokens of the Node
    /// module <c>rewt</c> are accepted too. An invalid token causes no exception: the result contains the reason.
    /// </summary>
    /// <param name="token">The token to verify.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The content of the token, or the reason why it was refused.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<RewtVerification> VerifyAsync(string token, CancellationToken cancellationToken = default);
}
