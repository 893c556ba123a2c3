using Microsoft.Extensions.Configuration;

namespace Rewt.Tests.Receiving;

/// <summary>A service in process that receives, as the test registers it, on a ring in memory whose secret the test knows.</summary>
internal static class Receiver
{
    /// <summary>AddRewtAuthentication for the service inventory, and what the test adds.</summary>
    public static Task<TestService> StartAsync(Action<IServiceCollection>? configure = null, Action<WebApplication>? map = null, SharedMemoryRing? ring = null) => RegisterAsync(
        builder =>
        {
            builder.Services.AddRewtAuthentication(options => options.ServiceName = "inventory");
            configure?.Invoke(builder.Services);
        },
        map,
        [],
        ring);

    /// <summary>Nothing but what the test registers.</summary>
    public static Task<TestService> RegisterAsync(
        Action<WebApplicationBuilder> register, Action<WebApplication>? map, Dictionary<string, string?> settings, SharedMemoryRing? ring = null) => TestService.HostAsync(
        builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Services.AddSingleton<IRingStoreFactory>(ring ?? new SharedMemoryRing());
            register(builder);
        },
        map,
        inProcess: true);

    extension(TestService service)
    {
        public Task<HttpResponseMessage> AskAsync(string? authorization, string path = "/caller") => service.GetAsync(path, authorization is null ? [] : [authorization]);

        public Task<HttpResponseMessage> GetWithTokenAsync(string token, string path = "/caller") => service.CallAsync(token, path);
    }
}
