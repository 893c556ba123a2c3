using Rewt.Internal;

namespace Rewt.Tool;

/// <summary><c>rewt token create</c>: signs a bearer token with the current key of the namespace and prints it.</summary>
internal static class TokenCreation
{
    public static async Task<int> RunAsync(
        ToolContext context, string? audience, string? issuer, string? tenant, double? lifetime, IReadOnlyList<string> claims, CancellationToken cancellationToken)
    {
        if (tenant is not null) TenantName.Require(tenant);
        await using var session = RingSession.Open(context, options => (options.ServiceName, options.Tenants.Enabled) = (issuer ?? options.ServiceName, tenant is not null));
        var ring = await session.RequireAsync(cancellationToken);
        if (lifetime is { } seconds) SetLifetime(session.Options, seconds);

        var key = ring.SigningKey(ClockReading.Now(context.Time)) ?? throw new ToolException(ExitCode.Denied, "The key ring has no current key. Start a service that may write, which creates one.");
        if (tenant is null && ring.Reading.TenantStamp is not null) throw new ToolException(ExitCode.Usage, $"The tokens of the namespace '{context.Namespace}' are signed for a tenant. Specify it with --tenant.");
        if (tenant is not null) key = await session.KeyOfAsync(tenant, (RingKey)key, cancellationToken);
        var token = session.Sign(key, tenant, audience, claims.Select(claim => claim.Split('=', 2)).ToDictionary(parts => parts[0], parts => (object)parts[1], StringComparer.Ordinal));
        if (context.IsJson)
        {
            context.WriteJson(new { token = token.Value, KeyId = token.KeyId.ToString(), audience = audience ?? context.Namespace, token.IssuedAt, token.ExpiresAt });
        }
        else
        {
            context.WriteLine(token.Value);
            context.Note($"Signed with key {token.KeyId} for {audience ?? "any service of the namespace"}, valid until {token.ExpiresAt:yyyy-MM-dd HH:mm:ss}Z.");
        }

        return ExitCode.Done;
    }

    private static void SetLifetime(RewtOptions options, double seconds)
    {
        if (!(seconds >= 1 && seconds <= options.MaxTokenLifetime.TotalSeconds))
        {
            throw new ToolException(ExitCode.Usage, $"--lifetime must be from 1 to {options.MaxTokenLifetime.TotalSeconds:0} seconds, the longest that the services accept (MaxTokenLifetime).");
        }

        options.TokenLifetime = TimeSpan.FromSeconds(Math.Floor(seconds));
    }
}
