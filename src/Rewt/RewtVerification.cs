using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// The result of the verification of a token by <see cref="IRewtTokens"/> or <see cref="IRewtSignedData"/>: the content of the token, or the reason
/// why it was refused.
/// </summary>
public sealed record RewtVerification
{
    /// <summary>Whether the token is valid.</summary>
    public bool IsValid => Refusal == RewtRefusal.None;

    /// <summary>The reason why the token was refused; <see cref="RewtRefusal.None"/> when it is valid.</summary>
    public required RewtRefusal Refusal { get; init; }

    /// <summary>
    /// The service that signed the token (<c>iss</c>), or <c>app:</c> and the id of the trusted app that received the token from a token endpoint.
    /// <see langword="null"/> when the token is not valid or came from Node.
    /// </summary>
    public string? Issuer { get; init; }

    /// <summary>The id of the key that signed the token (<c>kid</c>); <see langword="null"/> when the token is not valid or came from Node.</summary>
    public string? KeyId { get; init; }

    /// <summary>When the token was signed (<c>iat</c>).</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>When the token expires (<c>exp</c>); <see langword="null"/> when the token is not valid or has no expiry.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The claims of the token; <see langword="null"/> when the token is not valid.</summary>
    public ClaimsIdentity? Identity { get; init; }

    /// <summary>The string that was signed; <see langword="null"/> when the token is not valid or contains another type.</summary>
    public string? Text { get; init; }

    /// <summary>The bytes that were signed; <see langword="null"/> when the token is not valid or contains another type.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>
    /// The value that was signed as JSON, in UTF-8; for a bearer token or a token of Node, the whole payload. <see langword="null"/> when the token
    /// is not valid or contains a string or bytes.
    /// </summary>
    public ReadOnlyMemory<byte>? Json { get; init; }

    internal static RewtVerification Of(TokenResult result)
    {
        if (result is not { IsValid: true, Claims: { } claims }) return new RewtVerification { Refusal = result.Refusal };

        var verification = new RewtVerification
        {
            Refusal = RewtRefusal.None,
            Issuer = result.App ?? claims.Issuer,
            KeyId = result.Header?.KeyId,
            IssuedAt = TokenClaims.At(claims.IssuedAt),
            ExpiresAt = TokenClaims.At(claims.ExpiresAt),
            Identity = result.Identity,
        };
        if (result.Header?.ContentType is not { } contentType) return verification with { Json = claims.Payload };

        using var document = JsonDocument.Parse(claims.Payload, StrictJson.Options);
        var data = document.RootElement.GetProperty("data"u8);
        return contentType switch
        {
            DataContentTypes.Text => verification with { Text = data.GetString() },
            DataContentTypes.Bytes => verification with { Bytes = DataContentTypes.ReadBytes(data) },
            _ => verification with { Json = Encoding.UTF8.GetBytes(data.GetRawText()) },
        };
    }

    /// <summary>Deserializes the value that was signed. For a bearer token or a token of Node, the value is the whole payload.</summary>
    /// <typeparam name="T">The type to deserialize.</typeparam>
    /// <returns>The value.</returns>
    /// <exception cref="InvalidOperationException">The token is not valid, or contains a string or bytes.</exception>
    /// <exception cref="JsonException">The value cannot be deserialized as <typeparamref name="T"/>.</exception>
    [RequiresUnreferencedCode("JSON by reflection may need members that are trimmed; pass a JsonTypeInfo.")]
    [RequiresDynamicCode("JSON by reflection needs code made at run time; pass a JsonTypeInfo.")]
    public T? Get<T>() => Get((JsonTypeInfo<T>)JsonSerializerOptions.Web.GetTypeInfo(typeof(T)));

    /// <summary>Deserializes the value that was signed without reflection, for applications that are trimmed or compiled ahead of time.</summary>
    /// <typeparam name="T">The type to deserialize.</typeparam>
    /// <param name="typeInfo">How to deserialize the value, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <returns>The value.</returns>
    /// <exception cref="InvalidOperationException">The token is not valid, or contains a string or bytes.</exception>
    /// <exception cref="JsonException">The value cannot be deserialized as <typeparamref name="T"/>.</exception>
    public T? Get<T>(JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        if (!IsValid) throw new InvalidOperationException($"The token was refused ({Refusal}). Check IsValid before you read the content.");
        if (Json is not { } json) throw new InvalidOperationException("The token contains text or bytes. Read Text or Bytes instead.");
        return JsonSerializer.Deserialize(json.Span, typeInfo);
    }

    /// <summary>Returns whether the token is valid, without its content.</summary>
    public override string ToString() => IsValid ? $"valid, key {KeyId ?? "not named"}" : $"refused: {Refusal}";
}
