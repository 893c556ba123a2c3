namespace Rewt.Tests.Apps;

/// <summary>Starts a service that accepts API keys, issues tokens for them and counts the accepted calls.</summary>
internal static class AppService
{
    public static async Task<TestService> StartAsync(
        string? redis = null,
        string serviceName = "orders",
        Action<RewtOptions>? settings = null,
        Action<RewtApiKeyOptions>? apiKeys = null,
        Action<WebApplicationBuilder>? configure = null)
    {
        TestService? service = null;
        return service = await TestService.StartAsync(
            redis,
            serviceName,
            settings,
            builder =>
            {
                // Larger than Kestrel's default, so that the limit of Rewt applies.
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestHeadersTotalSize = 1 << 20);
                builder.Services.AddAuthentication().AddRewtApiKeys(apiKeys);
                configure?.Invoke(builder);
            },
            application =>
            {
                application.MapGet("/acme-only", Count).RequireCaller("app:acme");
                application.MapGet("/orders-only", Count).RequireCaller("orders");
                application.MapGet("/both", Count).RequireCaller("shipping", "app:acme");
                application.MapGet("/iss-orders", Count).RequireAuthorization(policy => policy.RequireClaim("iss", "orders"));
                application.MapGet("/readers", Count).RequireAuthorization(policy => policy.RequireClaim("scope", "read"));
                application.MapRewtTokenEndpoint();
            });

        string? Count(ClaimsPrincipal user) => service!.Count(user);
    }

    extension(TestService service)
    {
        public IRewtApps Apps => service.Services.GetRequiredService<IRewtApps>();

        public Task<RewtNewApiKey> AddAcmeAsync(string id = "acme", string[]? audiences = null, string[]? scopes = null, DateTimeOffset? expiresAt = null) =>
            service.Apps.AddAsync(new RewtApp(id) { Name = "Acme", Owner = "ops@acme.example", Audiences = audiences ?? ["orders"], Scopes = scopes ?? [] }, expiresAt, Cancellation);

        /// <summary>Sends a GET request with the given headers. A name may occur several times.</summary>
        public async Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
            return await service.Http.SendAsync(request, Cancellation);
        }

        public async Task<HttpStatusCode> StatusAsync(string key, string path = "/counted")
        {
            using var response = await service.GetAsync(path, "ApiKey " + key);
            return response.StatusCode;
        }
    }
}
