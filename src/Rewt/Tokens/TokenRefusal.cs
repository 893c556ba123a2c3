using System.Globalization;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// The reason why a token is refused, with values that help an operator, for the log and for events. Text from the token is shortened and escaped,
/// because the sender can choose any text.
/// </summary>
/// <param name="Reason">The precise reason of the refusal.</param>
/// <param name="Received">The value in the token, which is a text or a number that the sender chose.</param>
/// <param name="Expected">The value that would be accepted.</param>
internal sealed record TokenRefusal(RefusalReason Reason, object? Received = null, object? Expected = null)
{
    private const int LongestShown = 64;

    /// <summary>
    /// The issuer that the token names, if it is one of the <see cref="RewtOptions.TrustedIssuers"/>; otherwise <see langword="null"/>. Refused
    /// tokens of such an issuer are logged separately, so that a flood of forged tokens with other issuers does not hide these log entries.
    /// </summary>
    public string? NamedIssuer { get; init; }

    /// <summary>The configuration section of the receiver. The text puts the section before the name of a setting of the receiver.</summary>
    public string Section { get; init; } = SettingsSection.Name;

    /// <summary>The issuer that the token names; <see langword="null"/> if it names none, or its claims cannot be parsed.</summary>
    public string? Issuer { get; init; }

    /// <summary>The key id that the token names; <see langword="null"/> if it names none.</summary>
    public string? KeyId { get; init; }

    private static readonly string[] Codes = [.. Enum.GetNames<RefusalReason>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>The code of the reason for metrics, traces and responses. Each <see cref="RefusalReason"/> has one fixed code.</summary>
    public string Code => Codes[(int)Reason];

    /// <summary>The general reason that is sent to the caller.</summary>
    public RewtRefusal Public => Reason switch
    {
        RefusalReason.None => RewtRefusal.None,
        RefusalReason.UnknownKey or RefusalReason.RevokedTenant or RefusalReason.OtherKeyMode => RewtRefusal.StaleKey,
        RefusalReason.Expired => RewtRefusal.Expired,
        RefusalReason.NotYetValid => RewtRefusal.NotYetValid,
        RefusalReason.OtherAudience => RewtRefusal.BadAudience,
        RefusalReason.OtherRequest or RefusalReason.OtherBody or RefusalReason.BodyTooLong or RefusalReason.NotBound or RefusalReason.NotOneTime => RewtRefusal.WrongRequest,
        RefusalReason.Replayed => RewtRefusal.Replayed,
        _ => RewtRefusal.Invalid,
    };

    /// <summary>Returns the refusal of a token whose tenant was revoked or deleted.</summary>
    public static TokenRefusal OfTenant(string tenant, TenantState state) =>
        new(RefusalReason.RevokedTenant, tenant, state.IsDeleted ? null : $"{state.Generation.ToDateTimeOffset():u}");

    /// <summary>Returns the reason and the solution as a text, without any part of a signature or secret.</summary>
    public override string ToString() => Reason switch
    {
        RefusalReason.NoToken when Expected is not null => $"The bearer token of the request has {Shown(Received)} characters, but at most {Shown(Expected)} are accepted. The sender must add fewer claims.",
        RefusalReason.NoToken when "ApiKey".Equals(Received as string, StringComparison.OrdinalIgnoreCase) => "The Authorization header of the request has an API key instead of a bearer token. Only AddRewtApiKeys makes the scheme Rewt accept API keys.",
        RefusalReason.NoToken when Received is string => $"The Authorization header of the request has the scheme {Shown(Received)} instead of Bearer. If the client has AddRewtSigning, its own code sets the header, which Rewt does not replace.",
        RefusalReason.NoToken => "The request has no bearer token. The client must sign (AddRewtSigning) and be created by its name with IHttpClientFactory, and no proxy or redirect may remove the Authorization header.",
        RefusalReason.OtherType when Received is not null => "The bearer token is an API key. Send the API key in the header X-Api-Key, or with the scheme ApiKey instead of Bearer.",
        RefusalReason.OtherType => $"The token is not a token of Rewt (typ rewt+jwt). For another issuer, add an authentication scheme; for Node's rewt, set {Section}:AcceptNodeTokens. A client with AddRewtSigning does not replace a token that its own code sets.",
        RefusalReason.OtherNamespace => "Its key belongs to another Rewt:Namespace of this process. Let the endpoint demand the authentication scheme of that namespace.",
        RefusalReason.MalformedClaims => "Its claims are not valid JSON, a registered claim has a wrong type, or another is named like the issuer in other letters (ISS). Correct the signer; 'rewt token inspect' shows the claims.",
        RefusalReason.UnsupportedHeader => "Its header has an extension (crit), which is not supported.",
        RefusalReason.MissingKeyId => $"Its header has no kid. Only a signer in {Section}:VerificationKeys, or a Node service with {Section}:AcceptNodeTokens, may omit it.",
        RefusalReason.UntrustedIssuer => $"Its issuer {Shown(Received)} is not in {Section}:TrustedIssuers ({Shown(Expected)}). Add it there if it may call this service.",
        RefusalReason.MissingTenant => $"It has no tenant, but {Section}:Tenants:Enabled is true. The sender must set a tenant (SetRewtTenant or AddRewtTenantSelector).",
        RefusalReason.UnexpectedTenant => $"Its key {Shown(Received)} is the key of a tenant, but {Section}:Tenants:Enabled is false here. Set the setting to true here, or to false in the sender.",
        RefusalReason.RevokedTenant when Expected is null => $"The tenant {Shown(Received)} is deleted. CreateTenantAsync or 'rewt tenants create' creates it again.",
        RefusalReason.RevokedTenant => $"The keys of its tenant {Shown(Received)} were revoked at {Shown(Expected)}. Sign again, or let the user log in again.",
        RefusalReason.OtherTenant when Expected is string => $"The key does not belong to the tenant {Shown(Received)} of the token. A resolver of the application must select the key by RewtKeyRequest.Tenant too.",
        RefusalReason.OtherTenant when Expected is null => $"Its tenant is {Shown(Received)}, but the function of AddRewtTenantSelector returns none for the request. If the function reads route values, call UseRouting before UseAuthentication.",
        RefusalReason.OtherTenant => $"Its tenant is {Shown(Received)}, but the function of AddRewtTenantSelector returns {Shown(Expected)} for the request. Send a token of that tenant. The comparison is case-sensitive.",
        RefusalReason.UnknownKey when Expected is RefusedKey refused => $"Its key {Shown(Received)} is in Redis, but is refused: {UntrustedText.Escape(refused.Problem, 2 * UntrustedText.UsualLength)}.",
        RefusalReason.UnknownKey when Expected is not null => $"Its key {Shown(Received)} is not in {Section}:VerificationKeys. Add the current public key of the sender there, or to the file or address that the setting names.",
        RefusalReason.UnknownKey => $"Its key {Shown(Received)} is unknown or revoked. Check that the sender uses the same Redis (with database number) and Rewt:Namespace; list the keys with 'rewt keys list'. For a sender with Rewt:SigningKey, set {Section}:VerificationKeys.",
        RefusalReason.OtherKeyMode => $"Its key {Shown(Received)} is of another kind than the keys of this service. Set the same Rewt:KeyMode in both services, or set {Section}:AlsoAccept here. For a sender with Rewt:SigningKey, set {Section}:VerificationKeys.",
        RefusalReason.WrongAlgorithm => $"Its algorithm {Shown(Received)} is not the algorithm of the key. A sender of Rewt sets it; check what created the token.",
        RefusalReason.OtherOwner => $"Its key belongs to another issuer than {Shown(Received)}. Set the sender's Rewt:ServiceName to the name under which it publishes its keys.",
        RefusalReason.WrongSignature => "Its key is known, but its signature is wrong: the token was changed or cut on the way, or forged. If a new token fails too, compare it at both ends.",
        RefusalReason.ValidationRule when Expected is not null => $"JwtBearerOptions.TokenValidationParameters permits only the issuers {Shown(Expected)}. Add the issuer there if it may call this service.",
        RefusalReason.ValidationRule => $"A rule in JwtBearerOptions.TokenValidationParameters refuses it, or a claim cannot be read ({Shown(Received)}).",
        RefusalReason.MissingClaim => $"The claim {Shown(Received)} is missing. The sender must add it, or {Section}:RequiredClaims must not contain it.",
        RefusalReason.InvalidLifetime => "It expires before it was issued. Check what created the token.",
        RefusalReason.LifetimeTooLong => $"Its lifetime is {Shown(Received)} s, longer than {Section}:MaxTokenLifetime ({Shown(Expected)} s). Lower Rewt:TokenLifetime of the sender, or raise {Section}:MaxTokenLifetime here.",
        RefusalReason.Expired => $"It expired {Shown(Received)} s ago; {Section}:ClockSkew is {Shown(Expected)} s. Sign a new token for each call, or check both clocks with 'rewt doctor'.",
        RefusalReason.NotYetValid => $"It becomes valid in {Shown(Received)} s; {Section}:ClockSkew is {Shown(Expected)} s. Check both clocks with 'rewt doctor'.",
        RefusalReason.InvalidName when Received is "iss" => "The claim 'iss' is not the name of a service: 1 to 128 letters, digits, and . _ - only. Correct Rewt:ServiceName of the sender.",
        RefusalReason.InvalidName => $"The claim {Shown(Received)} is longer than 1024 characters or contains control characters. Correct the sender.",
        RefusalReason.OtherAudience => $"It is for {Shown(Received)}, but this service accepts {Shown(Expected)}. Correct the audience or the address that the sender uses, or {Section}:ServiceName here.",
        RefusalReason.SeveralCredentials => "The request has several Authorization headers. Check the client and its proxies for a second one.",
        RefusalReason.OtherRequest => $"It is bound to another method, path or query. If a proxy changes the path, set {Section}:Binding:ProxyRemovesPath or {Section}:Binding:ProxyAddsPath here.",
        RefusalReason.OtherBody => "It is bound to another body, Content-Type or Content-Encoding. A proxy changed it, or middleware, which must come after UseAuthentication.",
        RefusalReason.BodyTooLong => $"It is bound to a body that is longer than {Section}:Binding:MaxBodyBytes ({Shown(Expected)} bytes).",
        RefusalReason.NotBound => "It is not bound to what RequireBoundToken or the verification demands. Set Binding at the sender.",
        RefusalReason.NotOneTime => "It is not a one-time token, but RequireOneTimeToken demands one. Set OneTime at the sender.",
        RefusalReason.Replayed => "It is a one-time token and was used before.",
        RefusalReason.RefusedByApplication when Received is null => "An event of the application (OnMessageReceived, OnTokenValidated or OnAuthenticationFailed) ended the authentication without a result.",
        RefusalReason.RefusedByApplication => $"An event of the application (OnMessageReceived, OnTokenValidated or OnAuthenticationFailed) refused it: {UntrustedText.Quote($"{Received}")}.",
        _ => string.Empty,
    };

    /// <summary>Returns the issuer and the key id that the token names, as a text in parentheses for the log; empty if it names neither.</summary>
    public string Names()
    {
        var names = string.Join(", ", new[] { Issuer is null ? null : $"iss {Shown(Issuer)}", KeyId is null ? null : $"kid {Shown(KeyId)}" }.OfType<string>());
        return names.Length > 0 ? $" ({names})" : names;
    }

    private static string Shown(object? value) => value switch
    {
        null => "(none)",
        double number => number.ToString("0.###", CultureInfo.InvariantCulture),
        IEnumerable<string> texts => string.Join(", ", texts.Take(5).Select(text => UntrustedText.Quote(text, LongestShown))),
        _ => UntrustedText.Quote(value.ToString()!, LongestShown),
    };
}
