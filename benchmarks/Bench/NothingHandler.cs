using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rewt.Benchmarks;

/// <summary>Accepts every request with the same user, so that only the cost of the platform remains.</summary>
internal sealed class NothingHandler(IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder) : JwtBearerHandler(options, logger, encoder)
{
    private static readonly Claim[] Claims = [new("iss", "inventory")];

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(Claims, Scheme.Name)), Scheme.Name)));
}
