using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Rewt.Samples.Yarp;

/// <summary>Removes the caller's credentials, and signs requests to clusters whose metadata name the receiving service.</summary>
internal sealed class SigningTransforms(IRewtTokens tokens) : ITransformProvider
{
    public void Apply(TransformBuilderContext context)
    {
        context.AddRequestTransform(transform =>
        {
            transform.ProxyRequest.Headers.Authorization = null;
            transform.ProxyRequest.Headers.Remove("X-Api-Key");
            return ValueTask.CompletedTask;
        });
        if (context.Cluster?.Metadata?.GetValueOrDefault("Audience") is not { } audience) return;

        context.AddRequestTransform(transform => SignAsync(transform, audience));
        context.AddResponseTransform(transform =>
        {
            // The service refused the gateway's token, not the caller's, so the caller cannot correct it.
            if (transform.ProxyResponse?.StatusCode != System.Net.HttpStatusCode.Unauthorized) return ValueTask.CompletedTask;
            transform.HttpContext.Response.StatusCode = StatusCodes.Status502BadGateway;
            transform.HttpContext.Response.Headers.Remove(HeaderNames.WWWAuthenticate);
            transform.SuppressResponseBody = true;
            return ValueTask.CompletedTask;
        });
    }

    private async ValueTask SignAsync(RequestTransformContext transform, string audience)
    {
        var claims = new Dictionary<string, object>();
        if (transform.HttpContext.User.FindFirstValue("userId") is { } userId) claims["userId"] = userId;
        try
        {
            var token = await tokens.CreateBearerAsync(audience, claims, transform.CancellationToken);
            transform.ProxyRequest.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        catch (RewtKeysUnavailableException outage)
        {
            // A status code set here ends the forwarding, so without a key no request is sent.
            transform.HttpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            transform.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(outage.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
    }

    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }
}
