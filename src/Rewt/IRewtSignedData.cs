using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;

namespace Rewt;

/// <summary>
/// Signs values outside HTTP calls, such as the content of a link or a cookie, and verifies them in any service of the namespace. The result of
/// signing is a token of the <c>typ</c> <c>rewt-data+jwt</c> (RFC 8725 §3.11): a receiver never accepts it as a bearer token, and
/// <see cref="VerifyAsync"/> never accepts a bearer token as data.
/// </summary>
public interface IRewtSignedData
{
    /// <summary>
    /// Signs a value as JSON, with <see cref="System.Text.Json.JsonSerializerDefaults.Web"/>. <see cref="RewtVerification.Get{T}()"/> returns the value
    /// after verification. The token is valid for <see cref="RewtOptions.TokenLifetime"/>.
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
    /// Verifies a data token that any service of the namespace signed, and tokens of Node's <c>rewt</c> if
    /// <see cref="RewtOptions.AcceptNodeTokens"/> is set. A bad token is a result, not an exception.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="cancellationToken">Cancels the wait for keys.</param>
    /// <returns>The content of the token, or the reason why it was refused.</returns>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<RewtVerification> VerifyAsync(string token, CancellationToken cancellationToken = default);
}
