using System.Security.Claims;
using Microsoft.Extensions.Options;

namespace Rewt.Samples.Login;

/// <summary>
/// The tokens that users hold: signed with the user's own secret (Rewt:Schemes:Users:Tenants), or with one secret for all. With secrets of their own,
/// one that leaks harms one user, and logging out everywhere ends the sessions of one.
/// </summary>
internal sealed class UserTokens(IServiceProvider services, IOptionsMonitor<RewtOptions> options)
{
    private readonly bool _haveTheirOwn = options.Get("Users").Tenants;

    public Task<string> SignAsync(string userId) => _haveTheirOwn
        ? services.GetRequiredKeyedService<IRewtTenants>("Users").Tokens(userId).CreateBearerAsync()
        : services.GetRequiredKeyedService<IRewtTokens>("Users").CreateBearerAsync(claims: new Dictionary<string, object> { ["sub"] = userId });

    /// <summary>Who holds a token: of its claims, the tenant alone is bound to the user's own secret. Whoever has that can sign any other.</summary>
    public string UserOf(ClaimsPrincipal user) => user.FindFirstValue(_haveTheirOwn ? "tenant" : "sub")!;

    /// <summary>With one secret for all, everybody is logged out.</summary>
    public async Task RevokeAsync(string userId)
    {
        if (_haveTheirOwn)
        {
            await services.GetRequiredKeyedService<IRewtTenants>("Users").RevokeTenantAsync(userId);
            return;
        }

        var ring = services.GetRequiredKeyedService<IRewtKeyRing>("Users");
        foreach (var key in (await ring.GetAsync()).Keys.Where(key => key.State is RewtKeyState.Current or RewtKeyState.Retired)) await ring.RevokeAsync(key.KeyId);
    }
}
