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

    /// <summary>The reason why the token was refused; <see cref="RewtRefusal.None"/> if the token is valid.</summary>
    public required RewtRefusal Refusal { get; init; }

    /// <summary>
    /// The service that signed the token (<c>iss</c>). For a token that a trusted app received from a token endpoint, the value is <c>app:</c> followed
    /// by the id of the app. <see langword="null"/> if the token is not valid, or is a token of the Node module <c>rewt</c>.
    /// </summary>
    public string? Issuer { get; init; }

    /// <summary>
    /// The id of the key that signed the token (<c>kid</c>); <see langword="null"/> if the token is not valid, or is a token of the Node module
    /// <c>rewt</c>.
    /// </summary>
    public string? KeyId { get; init; }

    /// <summary>The time at which the token was signed (<c>iat</c>); <see langword="null"/> if the token is not valid or has no <c>iat</c>.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>The time at which the token expires (<c>exp</c>); <see langword="null"/> if the token is not valid or has no <c>exp</c>.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The claims of the token; <see langword="null"/> if the token is not valid.</summary>
    public ClaimsIdentity? Identity { get; init; }

    /// <summary>The string that was signed; <see langword="null"/> if the token is not valid, or if its content is not a string.</summary>
    public string? Text { get; init; }

    /// <summary>The bytes that were signed; <see langword="null"/> if the token is not valid, or if its content is not bytes.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>
    /// The JSON that was signed, in UTF-8. For a bearer token or a token of the Node module <c>rewt</c>, the JSON is the whole payload of the token.
    /// <see langword="null"/> if the token is not valid, or if its content is a string or bytes.
    /// </summary>
    public ReadOnlyMemory<byte>? Json { get; init; }

    private static RewtVerification Malformed => new() { Refusal = RewtRefusal.Invalid };

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
        // The content type of a bearer token has no meaning, and any signer can set it.
        if (result.Header is not { Type: TokenTypes.Data, ContentType: { } contentType }) return verification with { Json = claims.Payload };

        using var document = JsonDocument.Parse(claims.Payload, StrictJson.Options);
        if (!document.RootElement.TryGetProperty("data"u8, out var data)) return Malformed;
        if (contentType is not (DataContentTypes.Text or DataContentTypes.Bytes)) return verification with { Json = Encoding.UTF8.GetBytes(data.GetRawText()) };
        if (data.ValueKind != JsonValueKind.String) return Malformed;
        if (contentType == DataContentTypes.Text) return verification with { Text = data.GetString() };
        return DataContentTypes.TryReadBytes(data) is { } bytes ? verification with { Bytes = bytes } : Malformed;
    }

    /// <summary>
    /// Deserializes the signed JSON. For a bearer token or a token of the Node module <c>rewt</c>, the JSON is the whole payload of the token.
    /// </summary>
    /// <typeparam name="T">The type to deserialize.</typeparam>
    /// <returns>The value.</returns>
    /// <exception cref="InvalidOperationException">The token is not valid, or its content is a string or bytes.</exception>
    /// <exception cref="JsonException">The value cannot be deserialized as <typeparamref name="T"/>.</exception>
    [RequiresUnreferencedCode("JSON by reflection may need members that are trimmed; pass a JsonTypeInfo.")]
    [RequiresDynamicCode("JSON by reflection needs code made at run time; pass a JsonTypeInfo.")]
    public T? Get<T>() => Get((JsonTypeInfo<T>)JsonSerializerOptions.Web.GetTypeInfo(typeof(T)));

    /// <summary>
    /// Deserializes the signed JSON without reflection. Applications that are trimmed or compiled ahead of time need this overload.
    /// </summary>
    /// <typeparam name="T">The type to deserialize.</typeparam>
    /// <param name="typeInfo">The serialization metadata of the type <typeparamref name="T"/>, from a
    /// <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <returns>The value.</returns>
    /// <exception cref="InvalidOperationException">The token is not valid, or its content is a string or bytes.</exception>
    /// <exception cref="JsonException">The value cannot be deserialized as <typeparamref name="T"/>.</exception>
    public T? Get<T>(JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        if (!IsValid) throw new InvalidOperationException($"The token was refused ({Refusal}). Check IsValid before you read the content.");
        if (Json is not { } json) throw new InvalidOperationException("The token contains text or bytes. Read Text or Bytes instead.");
        return JsonSerializer.Deserialize(json.Span, typeInfo);
    }

    /// <summary>Returns a text that says whether the token is valid, without the content of the token.</summary>
    public override string ToString() => IsValid ? $"valid, key {KeyId ?? "not named"}" : $"refused: {Refusal}";
}
