using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rewt.Internal;

namespace Rewt;

/// <summary>What verifying a token said: its content, or why it was refused.</summary>
public sealed class RewtVerification
{
    private readonly TokenVerdict _verdict;

    internal RewtVerification(TokenVerdict verdict) => _verdict = verdict;

    /// <summary>Whether the token is good.</summary>
    public bool IsValid => _verdict.IsValid;

    /// <summary>Why it was refused; <see cref="RewtRefusal.None"/> when it is good.</summary>
    public RewtRefusal Refusal => _verdict.Refusal;

    /// <summary>
    /// The service that signed (<c>iss</c>), or <c>app:</c> and the id of the trusted app that a token endpoint gave the token to; <see langword="null"/>
    /// when the token is bad or came from Node.
    /// </summary>
    public string? Issuer => _verdict.App ?? _verdict.Claims?.Issuer;

    /// <summary>The key that signed (<c>kid</c>); <see langword="null"/> when the token is bad or came from Node.</summary>
    public string? KeyId => IsValid ? _verdict.Header.KeyId : null;

    /// <summary>When it was signed (<c>iat</c>).</summary>
    public DateTimeOffset? IssuedAt => At(_verdict.Claims?.IssuedAt);

    /// <summary>When it expires (<c>exp</c>); <see langword="null"/> when the token is bad or Node gave it none.</summary>
    public DateTimeOffset? ExpiresAt => At(_verdict.Claims?.ExpiresAt);

    /// <summary>The claims of the token; <see langword="null"/> when it is bad.</summary>
    public ClaimsIdentity? Identity => _verdict.Identity;

    /// <summary>The text that was signed; <see langword="null"/> when the token is bad or holds something else.</summary>
    public string? Text => ContentType == DataContent.Text ? Data(data => data.GetString()) : null;

    /// <summary>The bytes that were signed; <see langword="null"/> when the token is bad or holds something else.</summary>
    public byte[]? Bytes => ContentType == DataContent.Bytes ? Data(DataContent.ReadBytes) : null;

    private string? ContentType => IsValid ? _verdict.Header.ContentType : null;

    /// <summary>The value that was signed. Of a bearer token or one from Node: all its claims.</summary>
    /// <typeparam name="T">What to read.</typeparam>
    /// <exception cref="InvalidOperationException">The token is bad, or holds text or bytes.</exception>
    /// <exception cref="JsonException">The value is no <typeparamref name="T"/>.</exception>
    [RequiresUnreferencedCode("JSON by reflection may need members that are trimmed; pass a JsonTypeInfo.")]
    [RequiresDynamicCode("JSON by reflection needs code made at run time; pass a JsonTypeInfo.")]
    public T? Get<T>() => Get((JsonTypeInfo<T>)JsonSerializerOptions.Web.GetTypeInfo(typeof(T)));

    /// <summary>The value that was signed, read without reflection, for applications that are trimmed or compiled ahead of time.</summary>
    /// <typeparam name="T">What to read.</typeparam>
    /// <param name="typeInfo">How it is read, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <exception cref="InvalidOperationException">The token is bad, or holds text or bytes.</exception>
    /// <exception cref="JsonException">The value is no <typeparamref name="T"/>.</exception>
    public T? Get<T>(JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        if (_verdict.Claims is not { } claims) throw new InvalidOperationException($"The token was refused ({Refusal}); look at IsValid first.");
        return ContentType switch
        {
            DataContent.Json => Data(data => data.Deserialize(typeInfo)),
            null => JsonSerializer.Deserialize(claims.Payload.Span, typeInfo),
            _ => throw new InvalidOperationException("The token holds text or bytes; read Text or Bytes."),
        };
    }

    /// <summary>Says whether the token is good, and nothing of its content.</summary>
    public override string ToString() => IsValid ? $"valid, key {KeyId ?? "not named"}" : $"refused: {Refusal}";

    private static DateTimeOffset? At(long? seconds) => seconds is { } value ? DateTimeOffset.FromUnixTimeSeconds(value) : null;

    private T? Data<T>(Func<JsonElement, T?> read)
    {
        using var document = JsonDocument.Parse(_verdict.Claims!.Payload, StrictJson.Options);
        return document.RootElement.TryGetProperty("data"u8, out var data) ? read(data) : default;
    }
}
