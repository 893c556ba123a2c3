namespace Rewt.Tests.Receiving;

/// <summary>Tests the security schemes in documents of Microsoft.AspNetCore.OpenApi.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task The_OpenAPI_document_lists_the_schemes_and_the_requirements_of_each_operation()
    {
        await using var service = await TestService.StartAsync(
            null,
            configure: builder =>
            {
                builder.Services.AddAuthentication().AddRewt("Users", options => options.Namespace = "users").AddRewtApiKeys().AddJwtBearer("Other");
                builder.Services.AddOpenApi(options => options.AddRewtSecurity());
                builder.Services.AddAuthorization(options => options.AddPolicy("people", policy => policy.AddAuthenticationSchemes("Users").RequireAuthenticatedUser()));
            },
            map: application =>
            {
                application.MapOpenApi();
                application.MapGet("/default", () => "").RequireAuthorization();
                application.MapGet("/caller", () => "").RequireCaller("orders");
                application.MapGet("/users", () => "").RequireAuthorization("people");
                application.MapGet("/other", () => "").RequireAuthorization(policy => policy.AddAuthenticationSchemes("Other").RequireAuthenticatedUser());
                application.MapGet("/required", [SignedIn] () => "");
                application.MapGet("/users-required", [SignedIn] () => "").RequireAuthorization("people");
                application.MapGet("/open-required", [SignedIn] () => "").AllowAnonymous();
                application.MapGet("/anonymous", () => "").RequireAuthorization().AllowAnonymous();
            });

        var document = JsonSerializer.Deserialize<JsonElement>(await service.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Cancellation));

        var schemes = document.GetProperty("components").GetProperty("securitySchemes");
        schemes.EnumerateObject().Select(scheme => (scheme.Name, scheme.Value.GetProperty("type").GetString(), scheme.Value.GetProperty("scheme").GetString()))
            .ShouldBe([("Rewt", "http", "bearer"), ("Users", "http", "bearer"), ("RewtApiKey", "http", "ApiKey")], ignoreOrder: true);
        Required("/default").ShouldBe(["Rewt", "RewtApiKey"], ignoreOrder: true);
        Required("/caller").ShouldBe(["Rewt", "RewtApiKey"], ignoreOrder: true);
        Required("/users").ShouldBe(["Users"]);
        Required("/other").ShouldBeEmpty();
        Required("/required").ShouldBe(["Rewt", "RewtApiKey"], ignoreOrder: true);
        Required("/users-required").ShouldBe(["Users"]);
        Required("/open-required").ShouldBeEmpty();
        Required("/anonymous").ShouldBeEmpty();

        IEnumerable<string> Required(string path) => RequiredBy(document, path);
    }

    public static TheoryData<string[], Action<WebApplication>> ControllerConventions => new()
    {
        { [], application => application.MapControllers() },
        { ["Rewt"], application => application.MapControllers().RequireAuthorization() },
        { ["Rewt"], application => application.MapControllers().RequireCaller("orders") },
        { ["Users"], application => application.MapGroup("").RequireAuthorization(policy => policy.AddAuthenticationSchemes("Users").RequireAuthenticatedUser()).MapControllers() },
    };

    /// <summary>MVC adds these conventions to the endpoint only, and not to the descriptor of the action.</summary>
    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(ControllerConventions))]
    public async Task An_operation_of_a_controller_has_the_requirements_of_its_endpoint(string[] schemes, Action<WebApplication> map)
    {
        await using var service = await TestService.StartAsync(
            null,
            configure: builder =>
            {
                builder.Services.AddAuthentication().AddRewt("Users", options => options.Namespace = "users");
                builder.Services.AddOpenApi(options => options.AddRewtSecurity()).AddControllers().AddApplicationPart(typeof(StockController).Assembly);
            },
            map: application =>
            {
                application.MapOpenApi();
                map(application);
            });

        var document = JsonSerializer.Deserialize<JsonElement>(await service.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Cancellation));

        RequiredBy(document, "/stock").ShouldBe(schemes);
        RequiredBy(document, "/stock/closed").ShouldContain(schemes.FirstOrDefault("Rewt"));
        RequiredBy(document, "/stock/open").ShouldBeEmpty();
    }

    private static IEnumerable<string> RequiredBy(JsonElement document, string path) =>
        document.GetProperty("paths").GetProperty(path).GetProperty("get").TryGetProperty("security", out var security)
            ? security.EnumerateArray().SelectMany(requirement => requirement.EnumerateObject().Select(scheme => scheme.Name))
            : [];
}
