using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// An entry of the cache of verified tokens: a token, the key that verified the token, and the result of the verification. Each request gets a copy
/// of the result.
/// </summary>
internal sealed class VerifiedToken
{
    private readonly TokenResult _verdict;
    private readonly IDictionary<string, string?> _properties;

    /// <summary>
    /// The key that verified the token. The reference is weak, so that the cache does not keep a secret in memory after the secret has left the key
    /// ring.
    /// </summary>
    private readonly WeakReference<SecurityKey> _key;

    public VerifiedToken(string text, TokenResult verdict, bool savesToken)
    {
        Text = text;
        // The key's own string instance makes later comparisons of key ids cheap.
        KeyId = KeyId.Parse(verdict.Key!.KeyId == verdict.Header!.KeyId ? verdict.Key.KeyId : verdict.Header.KeyId!);
        // Cloned, because the original identity belongs to a request whose handlers may change it.
        _verdict = verdict with { Key = null, Identity = verdict.Identity!.Clone() };
        _key = new WeakReference<SecurityKey>(verdict.Key);
        _properties = TicketProperties.Create(Claims, savesToken ? text : null).Items;
    }

    public string Text { get; }

    public KeyId KeyId { get; }

    /// <summary>The key that verified the token; <see langword="null"/> if no key ring contains the key any longer.</summary>
    public SecurityKey? Key => _key.TryGetTarget(out var key) ? key : null;

    public TokenClaims Claims => _verdict.Claims!;

    /// <summary>Creates a copy of the verification result for another request with the same token.</summary>
    public VerifiedRequest ForRequest() =>
        new(_verdict, _verdict.Identity!.Clone(), new AuthenticationProperties(new Dictionary<string, string?>(_properties, StringComparer.Ordinal)));

    public bool IsSignedWithOneOf(IReadOnlyList<SecurityKey> keys)
    {
        if (Key is not { } key) return false;

        for (var i = 0; i < keys.Count; i++)
        {
            if (ReferenceEquals(keys[i], key)) return true;
        }

        return false;
    }
}
