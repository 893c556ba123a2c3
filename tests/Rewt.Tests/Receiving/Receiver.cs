using Microsoft.Extensions.Configuration;

namespace Rewt.Tests.Receiving;

/// <summary>Starts a receiving service in process, on an in-memory ring whose secret the test knows.</summary>
internal static class Receiver
{
    /// <summary>Starts the service inventory with AddRewtAuthentication and the registrations of the test.</summary>
    public static Task<TestService> StartAsync(Action<IServiceCollection>? configure = null, Action<WebApplication>? map = null, SharedMemoryRing? ring = null) => RegisterAsync(
        builder =>
        {
            builder.Services.AddRewtAuthentication(options => options.ServiceName = "inventory");
            configure?.Invoke(builder.Services);
        },
        map,
        [],
        ring);

    /// <summary>Starts a service with only the registrations of the test.</summary>
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
