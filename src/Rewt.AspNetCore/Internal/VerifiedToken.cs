using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>The verdict on a token, kept for the next request that brings the same bytes. A request shares nothing of it that it could change.</summary>
internal sealed class VerifiedToken
{
    private readonly TokenVerdict _verdict;
    private readonly IDictionary<string, string?> _properties;

    /// <summary>Weak, so that tokens do not keep a secret in memory that has left the key ring.</summary>
    private readonly WeakReference<SecurityKey> _key;

    public VerifiedToken(string text, TokenVerdict verdict, bool savesToken)
    {
        Text = text;
        // The key's own text of its id is found without comparing characters.
        KeyId = verdict.Key!.KeyId == verdict.Header.KeyId ? verdict.Key.KeyId : verdict.Header.KeyId!;
        // Copied now: the original belongs to a request, whose handlers may change it.
        _verdict = verdict with { Key = null, Identity = verdict.Identity!.Clone() };
        _key = new WeakReference<SecurityKey>(verdict.Key);
        _properties = TicketProperties.Create(Claims, savesToken ? text : null).Items;
    }

    public string Text { get; }

    public string KeyId { get; }

    public TokenClaims Claims => _verdict.Claims!;

    /// <summary>The verdict for one more request.</summary>
    public VerifiedRequest ForRequest() =>
        new(_verdict, _verdict.Identity!.Clone(), new AuthenticationProperties(new Dictionary<string, string?>(_properties, StringComparer.Ordinal)));

    public bool IsSignedWithOneOf(IReadOnlyList<SecurityKey> keys)
    {
        if (!_key.TryGetTarget(out var key)) return false;

        for (var i = 0; i < keys.Count; i++)
        {
            if (ReferenceEquals(keys[i], key)) return true;
        }

        return false;
    }
}
