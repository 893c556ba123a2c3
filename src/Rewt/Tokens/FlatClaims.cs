using System.Text.Json;
using System.Text.Unicode;

namespace Rewt.Internal;

/// <summary>
/// The fast parser for the usual payload of a token, which is a flat JSON object with few members and no escapes. Any other payload, valid or not, is
/// parsed with <see cref="StrictJson"/>. The fast parser therefore never refuses a token.
/// </summary>
internal ref struct FlatClaims
{
    private const int MostMembers = 24;

    private readonly ReadOnlySpan<byte> _json;
    private string? _issuer;
    private string? _subject;
    private string? _tokenId;
    private string? _audience;
    private string? _tenant;
    private string? _method;
    private string? _target;
    private string? _body;
    private string? _message;
    private bool _isOneTime;
    private double? _issuedAt;
    private double? _expiresAt;
    private double? _notBefore;

    private FlatClaims(ReadOnlySpan<byte> json) => _json = json;

    /// <summary>Returns the claims of a payload; <see langword="null"/> if the payload must be parsed with the strict parser.</summary>
    public static TokenClaims? TryRead(ReadOnlyMemory<byte> payload)
    {
        // Without escapes, the payload cannot contain a lone surrogate.
        if (payload.Span.Contains((byte)'\\') || !Utf8.IsValid(payload.Span)) return null;

        var claims = new FlatClaims(payload.Span);
        try
        {
            return claims.Read()
                ? new TokenClaims(claims._issuer, claims._subject, claims._tokenId, claims._audience is { } one ? [one] : null, claims._issuedAt, claims._expiresAt, claims._notBefore, payload) { Tenant = claims._tenant }
                    .BoundTo(TokenBinding.Of(claims._method, claims._target, claims._body, claims._message, claims._isOneTime))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private bool Read()
    {
        Span<Range> names = stackalloc Range[MostMembers];
        var reader = new Utf8JsonReader(_json, new JsonReaderOptions { MaxDepth = 2 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;

        for (var count = 0; reader.Read(); count++)
        {
            if (reader.TokenType == JsonTokenType.EndObject) return !reader.Read();
            if (count == MostMembers) return false;

            var start = (int)reader.TokenStartIndex + 1;
            names[count] = start..(start + reader.ValueSpan.Length);
            if (IsTwice(names[..count], reader.ValueSpan) || !ReadMember(ref reader)) return false;
        }

        return false;
    }

    private readonly bool IsTwice(ReadOnlySpan<Range> names, ReadOnlySpan<byte> name)
    {
        foreach (var other in names)
        {
            if (_json[other].SequenceEqual(name)) return true;
        }

        return false;
    }

    private bool ReadMember(ref Utf8JsonReader reader)
    {
        var name = reader.ValueSpan;
        reader.Read();
        if (name.SequenceEqual("iss"u8)) return ReadText(ref reader, ref _issuer);
        if (name.SequenceEqual("aud"u8)) return ReadText(ref reader, ref _audience);
        if (name.SequenceEqual("iat"u8)) return ReadSeconds(ref reader, ref _issuedAt);
        if (name.SequenceEqual("exp"u8)) return ReadSeconds(ref reader, ref _expiresAt);
        if (name.SequenceEqual("jti"u8)) return ReadText(ref reader, ref _tokenId);
        if (name.SequenceEqual("sub"u8)) return ReadText(ref reader, ref _subject);
        if (name.SequenceEqual("nbf"u8)) return ReadSeconds(ref reader, ref _notBefore);
        // A value that is not a string is no tenant name. It is valid where the namespace has no tenants.
        if (name.SequenceEqual("tenant"u8) && reader.TokenType == JsonTokenType.String) return ReadText(ref reader, ref _tenant);
        if (name.SequenceEqual("htm"u8)) return ReadText(ref reader, ref _method);
        if (name.SequenceEqual("htt"u8)) return ReadText(ref reader, ref _target);
        if (name.SequenceEqual("htb"u8)) return ReadText(ref reader, ref _body);
        if (name.SequenceEqual("mbh"u8)) return ReadText(ref reader, ref _message);
        if (name.SequenceEqual("otu"u8)) return _isOneTime = reader.TokenType == JsonTokenType.True;
        return reader.TokenType is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null;
    }

    private static bool ReadText(ref Utf8JsonReader reader, ref string? text)
    {
        if (reader.TokenType != JsonTokenType.String) return false;
        text = reader.GetString();
        return true;
    }

    private static bool ReadSeconds(ref Utf8JsonReader reader, ref double? seconds)
    {
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var value) || !StrictJson.IsTime(value)) return false;
        seconds = value;
        return true;
    }
}
