using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// The claims of a received token that <see cref="TokenVerifier"/> checks, and the payload that contains them. The claims are parsed strictly, but
/// not verified yet.
/// </summary>
internal record TokenClaims(
    string? Issuer,
    string? Subject,
    string? TokenId,
    IReadOnlyList<string>? Audiences,
    double? IssuedAt,
    double? ExpiresAt,
    double? NotBefore,
    ReadOnlyMemory<byte> Payload)
{
    private const int MaximumAudiences = 16;

    /// <summary>The maximum length of a signature in bytes, which is the length of an RSA signature with a 4096-bit key.</summary>
    private const int LongestSignature = 512;

    /// <summary>Converts a NumericDate (RFC 7519 §2) to a time. A NumericDate may contain a fraction of a second.</summary>
    public static DateTimeOffset? At(double? seconds) => seconds is { } value ? DateTimeOffset.UnixEpoch.AddSeconds(value) : null;

    /// <summary>The tenant that the token names; <see langword="null"/> if the claim <c>tenant</c> is missing or not a string.</summary>
    public string? Tenant { get; init; }

    /// <summary>The binding of the token to a request or message; <see langword="null"/> if the token is not bound.</summary>
    public virtual TokenBinding? Binding => null;

    /// <summary>
    /// Returns these claims with a binding. If <paramref name="binding"/> is <see langword="null"/>, this object is returned, so that claims without
    /// a binding need no memory for a binding.
    /// </summary>
    public TokenClaims BoundTo(TokenBinding? binding) => binding is null ? this : new Bound(this, binding);

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Parses the claims of a token. The result is <see langword="null"/> if the text is too long or is not a well-formed token.</summary>
    public static TokenClaims? TryRead(string token)
    {
        if (token.Length > TokenLimits.TokenLength || token.AsSpan().ContainsAnyExcept(TokenCharacters)) return null;

        var payloadAt = token.IndexOf('.', StringComparison.Ordinal) + 1;
        var signatureAt = token.IndexOf('.', payloadAt) + 1;
        if (payloadAt <= 1 || signatureAt == 0 || !IsSignature(token.AsSpan(signatureAt))) return null;

        try
        {
            return Read(Base64Url.DecodeFromChars(token.AsSpan(payloadAt, signatureAt - 1 - payloadAt)));
        }
        catch (Exception exception) when (StrictJson.IsMalformed(exception))
        {
            return null;
        }
    }

    /// <summary>Parses a decoded payload of any size. The result is <see langword="null"/> if the payload is not a JSON object.</summary>
    /// <exception cref="JsonException">The payload violates a rule of <see cref="StrictJson"/>, or a claim has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The payload contains a lone surrogate.</exception>
    public static TokenClaims? Read(ReadOnlyMemory<byte> payload) => FlatClaims.TryRead(payload) ?? ReadStrictly(payload);

    /// <inheritdoc cref="Read"/>
    public static TokenClaims? ReadStrictly(ReadOnlyMemory<byte> payload)
    {
        using var document = StrictJson.Parse(payload);
        if (document.RootElement.ValueKind != JsonValueKind.Object) return null;

        string? issuer = null, subject = null, tokenId = null, tenant = null, method = null, target = null, body = null, message = null;
        var isOneTime = false;
        List<string>? audiences = null;
        double? issuedAt = null, expiresAt = null, notBefore = null;
        // In one pass: a search for each name would compare it with all names, and unescape those that are escaped.
        foreach (var claim in document.RootElement.EnumerateObject())
        {
            // All names below have 3 or 6 characters, so that names of other lengths need not be converted to strings.
            var name = JsonMarshal.GetRawUtf8PropertyName(claim);
            if (name.Length is not (3 or 6) && !name.Contains((byte)'\\')) continue;

            switch (claim.Name)
            {
                case "iss": issuer = StrictJson.Text(claim.Value); break;
                case "sub": subject = StrictJson.Text(claim.Value); break;
                case "jti": tokenId = StrictJson.Text(claim.Value); break;
                case "aud": audiences = ReadAudiences(claim.Value); break;
                case "iat": issuedAt = StrictJson.Seconds(claim.Value); break;
                case "exp": expiresAt = StrictJson.Seconds(claim.Value); break;
                case "nbf": notBefore = StrictJson.Seconds(claim.Value); break;
                case "htm": method = StrictJson.Text(claim.Value); break;
                case "htt": target = StrictJson.Text(claim.Value); break;
                case "htb": body = StrictJson.Text(claim.Value); break;
                case "mbh": message = StrictJson.Text(claim.Value); break;
                case "otu": isOneTime = claim.Value.ValueKind == JsonValueKind.True ? true : throw new JsonException("The value is not true."); break;
                case TenantName.Claim when claim.Value.ValueKind == JsonValueKind.String: tenant = claim.Value.GetString(); break;
            }
        }

        return new TokenClaims(issuer, subject, tokenId, audiences, issuedAt, expiresAt, notBefore, payload) { Tenant = tenant }
            .BoundTo(TokenBinding.Of(method, target, body, message, isOneTime));
    }

    /// <summary>
    /// Returns whether a text has the form of a signature. The base64url check of .NET also refuses a text that contains a dot, or whose last
    /// character has unused bits that are not zero. If such bits were permitted, a token with a modified signature text would still verify.
    /// </summary>
    private static bool IsSignature(ReadOnlySpan<char> text) => Base64Url.IsValid(text, out var length) && length is > 0 and <= LongestSignature;

    private static List<string> ReadAudiences(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) return [StrictJson.Text(value)];
        if (value.GetArrayLength() > MaximumAudiences) throw new JsonException("Too many audiences.");
        return [.. value.EnumerateArray().Select(StrictJson.Text)];
    }

    /// <summary>The claims of a token that is bound to a request or message. A separate class saves memory, because few tokens are bound.</summary>
    private sealed record Bound : TokenClaims
    {
        public Bound(TokenClaims claims, TokenBinding binding)
            : base(claims) => Binding = binding;

        public override TokenBinding? Binding { get; }
    }
}
