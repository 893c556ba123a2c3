using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rewt.Internal;

namespace Rewt;

/// <summary>The result of a verification: the content of the token, or the reason why it was refused.</summary>
public sealed class RewtVerification
{
    private readonly TokenResult _verdict;

    internal RewtVerification(TokenResult verdict) => _verdict = verdict;

    /// <summary>Whether the token is valid.</summary>
    public bool IsValid => _verdict.IsValid;

    /// <summary>The reason why the token was refused; <see cref="RewtRefusal.None"/> when it is valid.</summary>
    public RewtRefusal Refusal => _verdict.Refusal;

    /// <summary>
    /// The service that signed the token (<c>iss</c>), or <c>app:</c> and the id of the trusted app that received the token from a token endpoint.
    /// <see langword="null"/> when the token is not valid or came from Node.
    /// </summary>
    public string? Issuer => _verdict.App ?? _verdict.Claims?.Issuer;

    /// <summary>The id of the key that signed the token (<c>kid</c>); <see langword="null"/> when the token is not valid or came from Node.</summary>
    public string? KeyId => IsValid ? _verdict.Header.KeyId : null;

    /// <summary>When the token was signed (<c>iat</c>).</summary>
    public DateTimeOffset? IssuedAt => TokenClaims.At(_verdict.Claims?.IssuedAt);

    /// <summary>When the token expires (<c>exp</c>); <see langword="null"/> when it is not valid or Node set no expiry.</summary>
    public DateTimeOffset? ExpiresAt => TokenClaims.At(_verdict.Claims?.ExpiresAt);

    /// <summary>The claims of the token; <see langword="null"/> when it is not valid.</summary>
    public ClaimsIdentity? Identity => _verdict.Identity;

    /// <summary>The string that was signed; <see langword="null"/> when the token is not valid or contains another type.</summary>
    public string? Text => ContentType == DataContent.Text ? Data(data => data.GetString()) : null;

    /// <summary>The bytes that were signed; <see langword="null"/> when the token is not valid or contains another type.</summary>
    public byte[]? Bytes => ContentType == DataContent.Bytes ? Data(DataContent.ReadBytes) : null;

    private string? ContentType => IsValid ? _verdict.Header.ContentType : null;

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
        if (_verdict.Claims is not { } claims) throw new InvalidOperationException($"The token was refused ({Refusal}). Check IsValid before you read the content.");
        return ContentType switch
        {
            DataContent.Json => Data(data => data.Deserialize(typeInfo)),
            null => JsonSerializer.Deserialize(claims.Payload.Span, typeInfo),
            _ => throw new InvalidOperationException("The token contains text or bytes. Read Text or Bytes instead."),
        };
    }

    /// <summary>Returns whether the token is valid, without its content.</summary>
    public override string ToString() => IsValid ? $"valid, key {KeyId ?? "not named"}" : $"refused: {Refusal}";

    private T? Data<T>(Func<JsonElement, T?> read)
    {
        using var document = JsonDocument.Parse(_verdict.Claims!.Payload, StrictJson.Options);
        return document.RootElement.TryGetProperty("data"u8, out var data) ? read(data) : default;
    }
}
