using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Sends a request that shows an API key from the token's scheme to the key's, which looks at both: so one policy on the main scheme serves services and
/// apps, and no endpoint sees a token and a key that disagree.
/// </summary>
internal sealed class ApiKeyForwarding(IOptionsMonitor<RewtApiKeyOptions> apiKeys) : IPostConfigureOptions<JwtBearerOptions>
{
    private static readonly object TokenOnly = new();

    /// <summary>Runs something of the token's scheme as if there were no key.</summary>
    public static async Task<T> WithoutAsync<T>(HttpContext context, Func<Task<T>> run)
    {
        context.Items[TokenOnly] = true;
        try
        {
            return await run();
        }
        finally
        {
            context.Items.Remove(TokenOnly);
        }
    }

    public void PostConfigure(string? name, JwtBearerOptions options)
    {
        if (name != RewtDefaults.AuthenticationScheme) return;
        var others = options.ForwardDefaultSelector;
        options.ForwardDefaultSelector = context => IsForKey(context) ? RewtDefaults.ApiKeyScheme : others?.Invoke(context);
    }

    private bool IsForKey(HttpContext context) =>
        !context.Items.ContainsKey(TokenOnly)
        && ApiKeyHeader.Read(context.Request.Headers, apiKeys.Get(RewtDefaults.ApiKeyScheme).HeaderName).IsPresent;
}
