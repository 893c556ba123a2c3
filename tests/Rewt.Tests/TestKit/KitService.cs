namespace Rewt.Tests.TestKit;

/// <summary>Starts a service on a TestServer with a key ring of the test kit, as users of the kit do.</summary>
internal static class KitService
{
    /// <param name="ring">The key ring; null if the service has its own.</param>
    /// <param name="settings">Settings of the keys.</param>
    /// <param name="configure">Further registrations, before those of the kit.</param>
    /// <param name="configureSchemes">Further schemes.</param>
    public static Task<TestService> StartAsync(
        RewtTestRing? ring,
        Action<RewtOptions>? settings = null,
        Action<IServiceCollection>? configure = null,
        Action<AuthenticationBuilder>? configureSchemes = null) => TestService.HostAsync(
        builder =>
        {
            var authentication = builder.Services.AddRewtAuthentication(options =>
            {
                options.ServiceName = "inventory";
                settings?.Invoke(options);
            });
            configureSchemes?.Invoke(authentication);
            configure?.Invoke(builder.Services);
            builder.Services.AddRewtTesting(ring);
        },
        application =>
        {
            application.MapGet("/headers", (HttpContext context) => string.Join(',', context.Request.Headers.Keys.Order(StringComparer.Ordinal)));
            application.MapGet("/users", (ClaimsPrincipal user) => user.Identity?.Name).RequireAuthorization(
                policy => policy.AddAuthenticationSchemes(configureSchemes is null ? RewtDefaults.AuthenticationScheme : "Users").RequireAuthenticatedUser());
        },
        inProcess: true);

    extension(TestService service)
    {
        /// <summary>Creates a client for one caller.</summary>
        public HttpClient Client() => ((Microsoft.AspNetCore.TestHost.TestServer)service.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()).CreateClient();

        public HttpClient ClientOf(string name, string? tenant = null) => service.Client().WithRewtIdentity(name, tenant: tenant);
    }

    public static async Task<HttpStatusCode> SendAsync(this TestService service, string token, string path = "/caller")
    {
        using var response = await service.CallAsync(token, path);
        return response.StatusCode;
    }

    public static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path = "/caller")
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        return response.StatusCode;
    }

    public static Task<string> GetAsync(HttpClient client, string path = "/caller") =>
        client.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation);
}
