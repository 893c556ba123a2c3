using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;

namespace Rewt.Internal;

/// <summary>
/// The startup filter that adds the first middleware to the pipeline of a host under test. The middleware replaces the id of a
/// <see cref="TestIdentity"/> in a request by a newly signed token.
/// </summary>
internal sealed class TestIdentityFilter(TestHost host) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
    {
        application.Use(IdentifyAsync);
        next(application);
    };

    private async Task IdentifyAsync(HttpContext context, RequestDelegate next)
    {
        // TestServer does not state the target that bound tokens are compared with.
        if (context.Features.Get<IHttpRequestFeature>() is { } request && string.IsNullOrEmpty(request.RawTarget)) request.RawTarget = context.Request.GetEncodedPathAndQuery();
        var headers = context.Request.Headers;
        if (headers.Remove(TestIdentities.Header, out var id) && headers.Authorization.Count == 0 && TestIdentities.Find(id.ToString()) is { } identity)
        {
            headers.Authorization = "Bearer " + await host.SignAsync(identity, context).ConfigureAwait(false);
        }

        await next(context).ConfigureAwait(false);
    }
}
