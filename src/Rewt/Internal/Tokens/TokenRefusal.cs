using System.Globalization;

namespace Rewt.Internal;

/// <summary>
/// A reason for refusing a token with the values that help an operator. A text of the token is shortened and escaped, because its sender chose it.
/// </summary>
/// <param name="Reason">The reason.</param>
/// <param name="Received">The value in the token: a text of its sender, or a number.</param>
/// <param name="Expected">The value that would be accepted.</param>
internal sealed record TokenRefusal(RefusalReason Reason, object? Received = null, object? Expected = null)
{
    private const int LongestShown = 64;

    public RewtRefusal Public => Reason switch
    {
        RefusalReason.None => RewtRefusal.None,
        RefusalReason.UnknownKey or RefusalReason.OtherKeyMode => RewtRefusal.StaleKey,
        RefusalReason.Expired => RewtRefusal.Expired,
        RefusalReason.NotYetValid => RewtRefusal.NotYetValid,
        RefusalReason.OtherAudience => RewtRefusal.BadAudience,
        _ => RewtRefusal.Invalid,
    };

    /// <summary>Returns the reason as a sentence with its solution, without any part of a signature or secret.</summary>
    public override string ToString() => Reason switch
    {
        RefusalReason.OtherType => "It is not a token of Rewt.",
        RefusalReason.MalformedClaims => "Its claims are not valid JSON, or a registered claim has a wrong type.",
        RefusalReason.UnsupportedHeader => "Its header has an extension (crit), which is not supported.",
        RefusalReason.MissingKeyId => "Its header has no kid. Only a signer in Rewt:VerificationKeys, or a Node service with Rewt:AcceptNodeTokens, may omit it.",
        RefusalReason.UntrustedIssuer => $"Its issuer {Shown(Received)} is not in Rewt:TrustedIssuers ({Shown(Expected)}).",
        RefusalReason.MissingTenant => "It has no tenant, but Rewt:Tenants is true. The sender must set a tenant.",
        RefusalReason.OtherTenant => $"Its tenant {Shown(Received)} is not the tenant of the request.",
        RefusalReason.UnknownKey => $"Its key {Shown(Received)} is unknown or revoked. Check that the sender uses the same Redis and Rewt:Namespace; list the keys with 'rewt keys list'.",
        RefusalReason.OtherKeyMode => $"Its key {Shown(Received)} is of another kind than the keys of this service. Check Rewt:KeyMode of both services, or set Rewt:AlsoAccept.",
        RefusalReason.WrongAlgorithm => $"Its algorithm {Shown(Received)} is not the algorithm of the key.",
        RefusalReason.OtherOwner => $"Its key belongs to another issuer than {Shown(Received)}.",
        RefusalReason.WrongSignature => "Its signature is wrong.",
        RefusalReason.ValidationRule => "A rule in JwtBearerOptions.TokenValidationParameters refuses it, or a claim cannot be read.",
        RefusalReason.MissingClaim => $"The claim {Shown(Received)} is missing. Rewt:RequiredClaims lists the required claims.",
        RefusalReason.InvalidLifetime => "It expires before it was issued.",
        RefusalReason.LifetimeTooLong => $"It lives for {Shown(Received)} s, longer than Rewt:MaxTokenLifetime ({Shown(Expected)} s).",
        RefusalReason.Expired => $"It expired {Shown(Received)} s ago; Rewt:ClockSkew is {Shown(Expected)} s. Check the clocks with 'rewt doctor'.",
        RefusalReason.NotYetValid => $"It becomes valid in {Shown(Received)} s; Rewt:ClockSkew is {Shown(Expected)} s. Check the clock of the sender.",
        RefusalReason.InvalidName => $"The claim {Shown(Received)} contains characters that are not permitted, or is too long.",
        RefusalReason.OtherAudience => $"It is for {Shown(Received)}, but this service accepts {Shown(Expected)}. Set the sender's audience to the Rewt:ServiceName of this service.",
        RefusalReason.SeveralCredentials => "The request has several Authorization headers.",
        _ => string.Empty,
    };

    private static string Shown(object? value) => value switch
    {
        null => "(none)",
        double number => number.ToString("0.###", CultureInfo.InvariantCulture),
        IEnumerable<string> texts => string.Join(", ", texts.Take(5).Select(text => UntrustedText.Quote(text, LongestShown))),
        _ => UntrustedText.Quote(value.ToString()!, LongestShown),
    };
}
