using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Rewt.Internal;

/// <summary>
/// Maps the endpoints of the dashboard for <c>MapRewtDashboard</c>: the page, its data and the commands. Each endpoint requires the authorization
/// policy.
/// </summary>
internal sealed class DashboardEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    private readonly DashboardAccess _access;
    private readonly DashboardAntiforgery _antiforgery;
    private readonly DashboardStream _stream;
    private readonly DashboardCommands _commands;
    private readonly RequestDelegate _history;

    private DashboardEndpoints(IServiceProvider services, DashboardAccess access)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        var counts = new TrafficCounts(services);
        var history = new TrafficHistory(counts, services.GetRequiredService<KeyRingRegistry>(), time);
        lifetime.ApplicationStarted.Register(counts.Start);
        lifetime.ApplicationStarted.Register(history.Start);
        lifetime.ApplicationStopped.Register(history.Dispose);
        _history = history.AnswerAsync;
        lifetime.ApplicationStopped.Register(counts.Dispose);
        (_access, _antiforgery) = (access, new DashboardAntiforgery(services));
        var observer = new DashboardObserver(services, counts, time);
        lifetime.ApplicationStopped.Register(observer.Dispose);
        _stream = new DashboardStream(observer, access, time, lifetime.ApplicationStopping);
        _commands = new DashboardCommands(services, _antiforgery);
    }

    /// <exception cref="InvalidOperationException">The authorization policy does not exist, or the application has no key ring.</exception>
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string pattern, string policy)
    {
        var services = endpoints.ServiceProvider;
        var access = DashboardAccess.Open(services, policy);
        if (!services.GetServices<RingRegistration>().Any())
        {
            throw new InvalidOperationException("MapRewtDashboard requires the services of Rewt. Call AddRewtAuthentication or AddRewtKeys first.");
        }

        var dashboard = new DashboardEndpoints(services, access);
        var group = endpoints.MapGroup(pattern.TrimEnd('/'));
        group.MapMethods("/", Reading, dashboard.Behind(dashboard.PageAsync));
        foreach (var asset in DashboardAsset.All) group.MapMethods($"/{asset.Name}", Reading, dashboard.Behind(asset.AnswerAsync));
        group.MapMethods("/snapshot", Reading, dashboard.Behind(dashboard._stream.SnapshotAsync));
        group.MapMethods("/history", Reading, dashboard.Behind(dashboard._history));
        group.MapGet("/events", dashboard.Behind(dashboard._stream.AnswerAsync)).DisableRequestTimeout();
        group.MapPost("/rotate", dashboard.Behind(dashboard._commands.RotateAsync));
        group.MapPost("/revoke", dashboard.Behind(dashboard._commands.RevokeAsync));
        return group.RequireAuthorization(policy)
            .WithMetadata(new DashboardHeadersRequirement())
            .DisableAntiforgery() // The page has its own antiforgery, which needs no registration.
            .WithMetadata(new OutputCacheAttribute { NoStore = true }) // A base policy that caches everything ignores no-store in responses.
            .ExcludeFromDescription()
            .WithDisplayName("Rewt dashboard");
    }

    private RequestDelegate Behind(RequestDelegate answer) => async context =>
    {
        DashboardHeaders.Write(context.Response);
        if (DashboardHeaders.IsForeign(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        if (await _access.LetInAsync(context)) await answer(context);
    };

    private Task PageAsync(HttpContext context) => DashboardAsset.PageAsync(context, _antiforgery.Issue(context));
}
