using System.Text.Encodings.Web;

namespace Rewt.Tests.Dashboard;

/// <summary>Authenticates the user that the header or the cookie <c>user</c> names. A user whose name starts with <c>ops-</c> is an operator.</summary>
internal sealed class TestUserHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "TestUser";

    /// <summary>The name of the header that sets the lifetime of the login in seconds.</summary>
    public static readonly string ExpiresHeader = "X-Expires-In";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var name = Request.Headers["user"].FirstOrDefault() ?? Request.Cookies["user"];
        if (name is null) return Task.FromResult(AuthenticateResult.NoResult());

        // A header contains only ASCII characters.
        name = Uri.UnescapeDataString(name);
        var claims = new List<Claim> { new(ClaimTypes.Name, name) };
        if (name.StartsWith("ops-", StringComparison.Ordinal)) claims.Add(new Claim(ClaimTypes.Role, "operator"));
        var properties = new AuthenticationProperties();
        if (Request.Headers[ExpiresHeader].FirstOrDefault() is { } seconds) properties.ExpiresUtc = TimeProvider.GetUtcNow().AddSeconds(double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, Name)), properties, Name)));
    }
}
