namespace Rewt.Tests.BadInput;

/// <summary>Represents a token that must be refused, and the expected response.</summary>
/// <param name="Name">The reason why the token is invalid.</param>
/// <param name="Error">The expected <c>rewt_error</c>; <see cref="NoError"/> for a token that Rewt ignores.</param>
/// <param name="Make">Creates the token.</param>
internal sealed record BadToken(string Name, string Error, Func<TokenForge, string> Make)
{
    /// <summary>The challenge contains no error, as for a request without a token.</summary>
    public const string NoError = "";

    public const string Invalid = "invalid";

    public const string StaleKey = "stale_key";

    public const string Expired = "expired";

    public const string NotYetValid = "not_yet_valid";

    public const string BadAudience = "bad_audience";

    public RewtRefusal Refusal => Error switch
    {
        StaleKey => RewtRefusal.StaleKey,
        Expired => RewtRefusal.Expired,
        NotYetValid => RewtRefusal.NotYetValid,
        BadAudience => RewtRefusal.BadAudience,
        _ => RewtRefusal.Invalid,
    };

    /// <summary>Gets the expected <c>WWW-Authenticate</c> header.</summary>
    public string Challenge => Error switch
    {
        NoError => "Bearer",
        StaleKey => WithDescription("The signing key is unknown or revoked"),
        Expired => WithDescription("The token has expired"),
        NotYetValid => WithDescription("The token is not valid yet"),
        BadAudience => WithDescription("The token is for another audience"),
        _ => WithDescription("The token is not valid"),
    };

    private string WithDescription(string description) => $"Bearer error=\"invalid_token\", error_description=\"{description}\", rewt_error=\"{Error}\"";
}
