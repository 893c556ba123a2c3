namespace Rewt.Tests.Tenants;

/// <summary>Starts a service that takes the tenant of a call from its route /{tenant}/orders, and counts the calls that reach the endpoint.</summary>
internal static class TenantService
{
    public static async Task<TestService> StartAsync(
        RedisServer? redis,
        Action<RewtOptions>? settings = null,
        Action<WebApplicationBuilder>? configure = null,
        string name = "inventory",
        Action<WebApplication>? map = null)
    {
        TestService? service = null;
        return service = await TestService.StartAsync(
            redis?.ConnectionString,
            name,
            options =>
            {
                options.Tenants.Enabled = true;
                settings?.Invoke(options);
            },
            builder =>
            {
                builder.Services.AddAuthentication().AddRewtTenantSelector(context => context.Request.RouteValues["tenant"] as string);
                configure?.Invoke(builder);
            },
            application =>
            {
                application.MapGet("/{tenant}/orders", (ClaimsPrincipal user) =>
                {
                    service!.Count(user);
                    return $"{user.FindFirstValue("tenant")} {user.FindFirstValue("userId")}";
                }).RequireAuthorization();
                map?.Invoke(application);
            });
    }

    extension(TestService service)
    {
        public IRewtTenants Tenants => service.Services.GetRequiredService<IRewtTenants>();

        public Task<HttpResponseMessage> OrdersAsync(string tenant, string? token) => service.GetAsync($"/{tenant}/orders", token is null ? [] : ["Bearer " + token]);

        public async Task<HttpStatusCode> StatusAsync(string tenant, string? token)
        {
            using var response = await service.OrdersAsync(tenant, token);
            return response.StatusCode;
        }

        public Task<string> SignAsync(string tenant, string audience = "inventory") =>
            service.Tenants.Tokens(tenant).CreateBearerAsync(audience, cancellationToken: Cancellation);
    }
}
