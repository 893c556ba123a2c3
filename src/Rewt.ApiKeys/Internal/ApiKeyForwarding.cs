using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Configures the scheme <c>Rewt</c> to forward each request with an API key to the scheme <c>RewtApiKey</c>, which checks the key, and a token
/// beside it, together. One policy on the scheme <c>Rewt</c> thus serves services and apps, and no endpoint accepts a token and a key of different
/// apps.
/// </summary>
internal sealed class ApiKeyForwarding(IOptionsMonitor<RewtApiKeyOptions> apiKeys) : IPostConfigureOptions<JwtBearerOptions>
{
    private static readonly object TokenOnly = new();

    /// <summary>Runs an operation of the token scheme on this request without forwarding it.</summary>
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
