namespace Rewt.Internal;

/// <summary>The codes and descriptions of refusals in responses. All are fixed texts, so that no part of a token or key gets into a header.</summary>
internal static class RefusalText
{
    public static string Code(RewtRefusal refusal) => refusal switch
    {
        RewtRefusal.StaleKey => "stale_key",
        RewtRefusal.Expired => "expired",
        RewtRefusal.NotYetValid => "not_yet_valid",
        RewtRefusal.BadAudience => "bad_audience",
        _ => "invalid",
    };

    public static string Description(RewtRefusal refusal) => refusal switch
    {
        RewtRefusal.StaleKey => "The signing key is unknown or revoked",
        RewtRefusal.Expired => "The token has expired",
        RewtRefusal.NotYetValid => "The token is not valid yet",
        RewtRefusal.BadAudience => "The token is for another audience",
        _ => "The token is not valid",
    };
}
