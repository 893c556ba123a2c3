using Rewt.Internal;

namespace Rewt.Tool;

/// <summary><c>rewt token verify</c>: verifies a token with the library's verifier and one snapshot of the key ring.</summary>
internal static class TokenVerification
{
    public static async Task<int> RunAsync(ToolContext context, string token, string? audience, bool acceptNodeTokens, CancellationToken cancellationToken)
    {
        await using var session = RingSession.Open(context, options => options.AcceptNodeTokens = acceptNodeTokens);
        var ring = await session.LookAtRingAsync(cancellationToken);
        var isData = TokenHeader.TryRead(token)?.Type == TokenTypes.Data;
        var policy = new TokenPolicy(session.Options, isData ? TokenTypes.Data : TokenTypes.Bearer, isData || audience is null ? null : [audience, context.Namespace]);
        var verdict = await new TokenVerifier(policy, new RingOnce(ring, context.Time), context.Time).VerifyAsync(token, cancellationToken);

        var reason = verdict.IsForeign ? "foreign" : RingMetrics.ResultOf(verdict.Refusal);
        var detail = verdict.IsForeign ? "It is not a token of Rewt (typ rewt+jwt). For a token of Node's rewt, add --accept-node-tokens." : verdict.Cause?.ToString();
        if (context.IsJson)
        {
            var claims = verdict.Claims;
            context.WriteJson(new { valid = verdict.IsValid, reason, detail, keyId = verdict.Header.KeyId, issuer = claims?.Issuer, subject = claims?.Subject, audience = claims?.Audiences, issuedAt = TokenClaims.At(claims?.IssuedAt), expiresAt = TokenClaims.At(claims?.ExpiresAt) });
        }
        else if (verdict.IsValid)
        {
            context.WriteLine($"valid: from {verdict.Claims?.Issuer ?? "a Node service"}, key {verdict.Header.KeyId ?? "not named"}, valid until {TokenClaims.At(verdict.Claims?.ExpiresAt):yyyy-MM-dd HH:mm:ss}Z");
        }

        if (verdict.IsValid) return ExitCode.Done;
        throw new ToolException(ExitCode.BadToken, $"The token is refused: {reason}{(verdict.IsForeign ? "" : $" ({verdict.Cause!.Reason})")}. {detail}");
    }
}
