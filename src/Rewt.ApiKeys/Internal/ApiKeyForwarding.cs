using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Configures the scheme <c>Rewt</c> to forward each request with an API key to the scheme <c>RewtApiKey</c>. As a result, one authorization policy
/// for the scheme <c>Rewt</c> applies to services and to apps. If a request contains both a token and an API key, <c>RewtApiKey</c> checks that both
/// belong to the same app.
/// </summary>
internal sealed class ApiKeyForwarding(IOptionsMonitor<RewtApiKeyOptions> apiKeys) : IPostConfigureOptions<JwtBearerOptions>
{
    private static readonly object TokenOnly = new();

    /// <summary>Runs an operation of the scheme <c>Rewt</c> without forwarding the request to <c>RewtApiKey</c>.</summary>
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
