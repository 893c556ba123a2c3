namespace Rewt.Tests.BadInput;

/// <summary>One row: a token that must be refused, and how.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="Answer">The <c>rewt_error</c>; <see cref="Bare"/> for a token that is not ours to judge.</param>
/// <param name="Make">Makes it.</param>
internal sealed record BadToken(string Name, string Answer, Func<TokenForge, string> Make)
{
    /// <summary>A challenge without a reason: as if no token were there.</summary>
    public const string Bare = "";

    public const string Invalid = "invalid";

    public const string StaleKey = "stale_key";

    public const string Expired = "expired";

    public const string NotYetValid = "not_yet_valid";

    public const string BadAudience = "bad_audience";

    public RewtRefusal Refusal => Answer switch
    {
        StaleKey => RewtRefusal.StaleKey,
        Expired => RewtRefusal.Expired,
        NotYetValid => RewtRefusal.NotYetValid,
        BadAudience => RewtRefusal.BadAudience,
        _ => RewtRefusal.Invalid,
    };

    /// <summary>The whole challenge.</summary>
    public string Challenge => Answer switch
    {
        Bare => "Bearer",
        StaleKey => Explained("The signing key is unknown or revoked"),
        Expired => Explained("The token has expired"),
        NotYetValid => Explained("The token is not valid yet"),
        BadAudience => Explained("The token is for another audience"),
        _ => Explained("The token is not valid"),
    };

    private string Explained(string description) => $"Bearer error=\"invalid_token\", error_description=\"{description}\", rewt_error=\"{Answer}\"";
}
