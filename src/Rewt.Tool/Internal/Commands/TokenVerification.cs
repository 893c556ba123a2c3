using Rewt.Internal;
using Spectre.Console;

namespace Rewt.Tool;

/// <summary>
/// <c>rewt token verify</c> and <c>rewt token explain</c>: verify a token with the keys in Redis, as a service does. The command <c>verify</c> prints
/// the result, and <c>explain</c> prints each check. Neither command prints the token.
/// </summary>
internal static class TokenVerification
{
    public static async Task<int> VerifyAsync(ToolContext context, string token, string? audience, bool acceptNodeTokens, CancellationToken cancellationToken)
    {
        var (verdict, _) = await RunAsync(context, token, audience, acceptNodeTokens, cancellationToken);
        if (context.IsJson)
        {
            var claims = verdict.Claims;
            context.WriteJson(new { valid = verdict.IsValid, reason = Reason(verdict), detail = verdict.Cause?.ToString(), keyId = verdict.Header?.KeyId, issuer = claims?.Issuer, subject = claims?.Subject, audience = claims?.Audiences, issuedAt = TokenClaims.At(claims?.IssuedAt), expiresAt = TokenClaims.At(claims?.ExpiresAt) });
        }
        else if (verdict.IsValid)
        {
            context.WriteLine($"valid: from {verdict.Claims?.Issuer ?? "a Node service"}, key {verdict.Header?.KeyId ?? "not named"}, valid until {TokenClaims.At(verdict.Claims?.ExpiresAt):yyyy-MM-dd HH:mm:ss}Z");
        }

        return verdict.IsValid ? ExitCode.Done : throw Refused(verdict);
    }

    /// <summary>
    /// Prints the checks of a receiver and their results, in the order in which a receiver makes them. Checks after the first failed check are marked
    /// as not reached.
    /// </summary>
    public static async Task<int> ExplainAsync(ToolContext context, string token, string? audience, bool acceptNodeTokens, CancellationToken cancellationToken)
    {
        var (verdict, options) = await RunAsync(context, token, audience, acceptNodeTokens, cancellationToken);
        var binding = TokenClaims.TryRead(token)?.Binding;
        var checks = Enum.GetValues<RefusalReason>().Where(reason => Requirement(reason) is not null).Select(reason => (Reason: reason, Outcome: Outcome(reason))).ToList();
        if (context.IsJson)
        {
            context.WriteJson(new { valid = verdict.IsValid, reason = Reason(verdict), checks = checks.Select(check => new { check = new TokenRefusal(check.Reason).Code, result = check.Outcome.Replace(' ', '_') }), fix = verdict.Cause?.ToString() });
        }
        else
        {
            var table = new Table().AddColumns("Check", "Result");
            foreach (var (reason, outcome) in checks) table.AddRow(Markup.Escape(Requirement(reason)!), outcome);
            context.Console.Write(table);
            context.WriteLine("A check with the result 'not checked' depends on the request or on settings of the receiver. If such a check refuses a token, the log of the receiver (event 41) names the check.");
            if (verdict.IsValid) context.WriteLine("No check failed.");
        }

        return verdict.IsValid ? ExitCode.Done : throw Refused(verdict);

        string Outcome(RefusalReason reason)
        {
            if (verdict.Cause is { } cause && reason == cause.Reason) return "failed";
            if (verdict.Cause is { } other && reason > other.Reason) return "not reached";
            return DependsOnReceiver(reason) ? "not checked" : "ok";
        }

        bool DependsOnReceiver(RefusalReason reason) => reason switch
        {
            RefusalReason.UntrustedIssuer or RefusalReason.MissingTenant or RefusalReason.ValidationRule or RefusalReason.MissingClaim or RefusalReason.OtherTenant => true,
            RefusalReason.NotBound or RefusalReason.NotOneTime or RefusalReason.RefusedByApplication => true,
            RefusalReason.UnexpectedTenant => options.Tenants.Enabled,
            RefusalReason.OtherKeyMode => options.AlsoAccept is not null,
            RefusalReason.OtherAudience => audience is null,
            RefusalReason.OtherRequest => binding is { Method: not null } or { Target: not null } or { Message: not null },
            RefusalReason.OtherBody or RefusalReason.BodyTooLong => binding?.Body is not null,
            RefusalReason.Replayed => binding?.IsOneTime == true,
            _ => false,
        };
    }

    /// <summary>Verifies a token. Returns the result, and the settings of the receiver that were assumed.</summary>
    private static async Task<(TokenResult Result, RewtOptions Options)> RunAsync(ToolContext context, string token, string? audience, bool acceptNodeTokens, CancellationToken cancellationToken)
    {
        await using var session = RingSession.Open(context, options => options.AcceptNodeTokens = acceptNodeTokens);
        var pairs = await session.Pairs.ReadAsync(cancellationToken);
        var ring = pairs is null ? await session.RequireAsync(cancellationToken) : await session.ReadIfPermittedAsync(cancellationToken);
        if (pairs is not null) (session.Options.KeyMode, session.Options.AlsoAccept) = (KeyMode.KeyPair, ring.Epoch is null ? null : KeyMode.SharedSecret);
        var header = TokenHeader.TryRead(token);
        session.Options.Tenants.Enabled = KeyId.TryParse(header?.KeyId) is { } keyId && TenantKeyId.TryParse(keyId, out _, out _);
        var isData = header?.Type == TokenTypes.Data;
        var policy = new TokenPolicy(session.Options, isData ? TokenTypes.Data : TokenTypes.Bearer, isData || audience is null ? null : [audience]) { TakesNamespace = true };
        var keys = new SnapshotKeyResolver(ring, pairs, session.Tenants, session.Options.Namespace, context.Time);
        var verdict = await new TokenVerifier(policy, keys, null, context.Time).VerifyAsync(token, cancellationToken);
        return (keys.Refusing is { } state ? new TokenResult(TokenRefusal.OfTenant(verdict.Claims?.Tenant ?? TokenClaims.TryRead(token)!.Tenant!, state)) : verdict, session.Options);
    }

    private static string Reason(TokenResult verdict) => verdict.IsForeign ? "foreign" : RingMetrics.ResultOf(verdict.Refusal);

    private static ToolException Refused(TokenResult verdict) => new(ExitCode.BadToken, $"The token is refused: {Reason(verdict)} ({verdict.Cause!.Reason}). {verdict.Cause}");

    /// <summary>
    /// Returns a sentence that states the requirement of a check; <see langword="null"/> if <c>rewt token explain</c> does not show the check. The
    /// order of the checks is the order of the members of <see cref="RefusalReason"/>.
    /// </summary>
    private static string? Requirement(RefusalReason reason) => reason switch
    {
        RefusalReason.OtherType => "The type (typ) is that of a token of Rewt",
        RefusalReason.UnsupportedHeader => "The header has no extension (crit)",
        RefusalReason.MalformedClaims => "The claims are JSON of the right types",
        RefusalReason.MissingKeyId => "The header names a key (kid)",
        RefusalReason.UntrustedIssuer => "The issuer (iss) is in Rewt:TrustedIssuers, if it is set",
        RefusalReason.MissingTenant => "The token names a tenant, if Rewt:Tenants:Enabled is true",
        RefusalReason.UnexpectedTenant => "The token names no tenant, if Rewt:Tenants:Enabled is false",
        RefusalReason.OtherKeyMode => "The key is of the kind of Rewt:KeyMode",
        RefusalReason.UnknownKey => "The key is in the ring and not revoked",
        RefusalReason.RevokedTenant => "The tenant is neither revoked nor deleted",
        RefusalReason.WrongAlgorithm => "The algorithm (alg) is that of the key",
        RefusalReason.OtherOwner => "The key belongs to the issuer",
        RefusalReason.WrongSignature => "The signature is valid",
        RefusalReason.ValidationRule => "The receiver's TokenValidationParameters permit it",
        RefusalReason.MissingClaim => "All required claims are present",
        RefusalReason.InvalidLifetime => "It expires (exp) after it was issued (iat)",
        RefusalReason.LifetimeTooLong => "Its lifetime (exp - iat) is at most Rewt:MaxTokenLifetime",
        RefusalReason.Expired => "It has not expired (exp)",
        RefusalReason.NotYetValid => "It is valid already (iat, nbf)",
        RefusalReason.InvalidName => "The names in it are well-formed",
        RefusalReason.OtherAudience => "The audience (aud) is the receiver",
        RefusalReason.OtherTenant => "Its tenant is that of the request",
        RefusalReason.OtherRequest => "The request or message is the one that the token is bound to",
        RefusalReason.OtherBody => "The body is the one that the token is bound to",
        RefusalReason.BodyTooLong => "The body that the token is bound to is at most Rewt:Binding:MaxBodyBytes long",
        RefusalReason.NotBound => "The token is bound to the request, if the endpoint has RequireBoundToken",
        RefusalReason.NotOneTime => "The token is a one-time token, if the endpoint has RequireOneTimeToken",
        RefusalReason.Replayed => "A one-time token was not used before",
        RefusalReason.RefusedByApplication => "The receiver's events, such as OnTokenValidated, do not refuse it",
        _ => null,
    };
}
