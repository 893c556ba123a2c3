using System.Security.Claims;
using Microsoft.Extensions.Options;

namespace Rewt.Samples.Login;

/// <summary>
/// The tokens of users, signed with keys for each user (Rewt:Schemes:Users:Tenants:Enabled) or with one secret for all. With keys for each user,
/// a leaked key affects one user, and signing out everywhere ends the sessions of that user only.
/// </summary>
internal sealed class UserTokens(IServiceProvider services, IOptionsMonitor<RewtOptions> options)
{
    private readonly bool _hasKeysPerUser = options.Get("Users").Tenants.Enabled;

    public Task<string> SignAsync(string userId) => _hasKeysPerUser
        ? services.GetRequiredKeyedService<IRewtTenants>("Users").Tokens(userId).CreateBearerAsync()
        : services.GetRequiredKeyedService<IRewtTokens>("Users").CreateBearerAsync(claims: new Dictionary<string, object> { ["sub"] = userId });

    /// <summary>
    /// Returns the user of a token. With keys for each user, only the tenant claim is reliable: the holder of a key could sign any other
    /// claim.
    /// </summary>
    public string UserOf(ClaimsPrincipal user) => user.FindFirstValue(_hasKeysPerUser ? "tenant" : "sub")!;

    /// <summary>Revokes the tokens of a user; with one secret for all, those of every user.</summary>
    public async Task RevokeAsync(string userId)
    {
        if (_hasKeysPerUser)
        {
            await services.GetRequiredKeyedService<IRewtTenants>("Users").RevokeTenantAsync(userId);
            return;
        }

        var ring = services.GetRequiredKeyedService<IRewtKeyRing>("Users");
        foreach (var key in (await ring.GetAsync()).Keys.Where(key => key.State is RewtKeyState.Current or RewtKeyState.Retired)) await ring.RevokeAsync(key.KeyId);
    }
}
