using Microsoft.AspNetCore.TestHost;

namespace Rewt.Tests.Apps;

/// <summary>Tests the log of requests that are refused although their credentials are valid: the caller lacks a permission, or the request was not authenticated.</summary>
public sealed class RefusedCallerLogTests
{
    [Fact]
    public async Task A_403_is_logged_with_the_caller_its_scopes_and_the_unmet_requirement()
    {
        await using var service = await AppService.StartAsync();
        var key = (await service.AddAcmeAsync(scopes: ["write", "audit"])).Key;
        var token = await service.Tokens.CreateBearerAsync("orders", cancellationToken: Cancellation);

        (await service.CallAsync(token, "/readers").StatusAsync()).ShouldBe(HttpStatusCode.Forbidden);
        (await service.StatusAsync(key, "/iss-orders")).ShouldBe(HttpStatusCode.Forbidden);

        var lines = Lines(service);
        lines[0].ShouldStartWith("Information CallerRefused: The caller 'orders' of the scheme 'Rewt' was refused. The endpoint 'HTTP: GET /readers => Count' answered with 403. The scopes of the caller are: (none).");
        lines[0].ShouldContain("The caller does not meet: ClaimsAuthorizationRequirement:Claim.Type=scope and Claim.Value is one of the following values: (read).");
        lines[1].ShouldStartWith("Information CallerRefused: The caller 'app:acme' of the scheme 'RewtApiKey' was refused. The endpoint 'HTTP: GET /iss-orders => Count' answered with 403. The scopes of the caller are: 'write', 'audit'.");
        lines.Count.ShouldBe(2);
        service.Log.Text.ShouldNotContain("was forbidden", Case.Sensitive, "the base class logs no further line");
    }

    [Fact]
    public async Task A_caller_that_RequireCaller_refuses_is_logged_once()
    {
        await using var service = await AppService.StartAsync();
        var key = (await service.AddAcmeAsync()).Key;

        (await service.CallAsync(await service.Tokens.CreateBearerAsync("orders", cancellationToken: Cancellation), "/acme-only").StatusAsync()).ShouldBe(HttpStatusCode.Forbidden);
        (await service.StatusAsync(key, "/orders-only")).ShouldBe(HttpStatusCode.Forbidden);

        Lines(service).Count.ShouldBe(2);
        Lines(service).ShouldAllBe(line => line.Contains("RequireCaller permits only", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_403_by_code_of_the_application_is_logged_once_a_second_for_each_endpoint()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var service = await TestService.StartAsync(
            null,
            configure: builder => builder.Services.AddSingleton<TimeProvider>(clock),
            map: application =>
            {
                application.MapGet("/forbid", () => Results.Forbid()).RequireAuthorization();
                application.MapGet("/assertion", () => "").RequireAuthorization(policy => policy.RequireAssertion(_ => false));
            });
        var token = await service.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);

        foreach (var path in new[] { "/forbid", "/forbid", "/forbid", "/assertion" }) (await service.CallAsync(token, path).StatusAsync()).ShouldBe(HttpStatusCode.Forbidden);
        clock.Advance(TimeSpan.FromSeconds(1));
        (await service.CallAsync(token, "/forbid").StatusAsync()).ShouldBe(HttpStatusCode.Forbidden);

        var lines = Lines(service);
        lines.Count.ShouldBe(3);
        lines.ShouldAllBe(line => line.Contains("A requirement of another type, or code of the application, refused the caller.", StringComparison.Ordinal));
        lines[2].ShouldContain("2 more for this reason were not logged.");
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("ApiKey")]
    public async Task A_valid_token_or_API_key_is_reported_if_authorization_runs_before_authentication(string kind)
    {
        var (service, log) = await StartAsync(isAuthorizationFirst: true);
        await using var disposal = service;

        using var answer = await CallAsync(service, kind, "/caller");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var scheme = kind == "Bearer" ? "Rewt" : "RewtApiKey";
        log.Text.ShouldContain($"Warning NotAuthenticated: Scheme {scheme} challenged a request with valid credentials. The request was authorized before it was authenticated with this scheme. Call UseAuthentication before UseAuthorization");
        var problem = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Cancellation));
        problem.GetProperty("reason").GetString().ShouldBe("not_authenticated");
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("ApiKey")]
    public async Task A_challenge_of_an_authenticated_request_by_the_application_is_not_reported(string kind)
    {
        var (service, log) = await StartAsync(isAuthorizationFirst: false);
        await using var disposal = service;

        using var answer = await CallAsync(service, kind, "/challenge");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        log.Text.ShouldNotContain("NotAuthenticated:");
    }

    private static async Task<(WebApplication Service, CapturedLog Log)> StartAsync(bool isAuthorizationFirst)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        var log = new CapturedLog();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddRewtInMemoryKeys();
        builder.Services.AddRewtAuthentication(options => (options.ServiceName, options.ExplainRefusals) = ("orders", true)).AddRewtApiKeys();
        var application = builder.Build();
        if (isAuthorizationFirst) application.UseAuthorization();
        application.UseAuthentication();
        if (!isAuthorizationFirst) application.UseAuthorization();
        application.MapGet("/caller", (ClaimsPrincipal user) => user.Identity?.Name).RequireAuthorization();
        application.MapGet("/challenge", () => Results.Challenge()).RequireAuthorization();
        await application.StartAsync(Cancellation);
        return (application, log);
    }

    private static async Task<HttpResponseMessage> CallAsync(WebApplication service, string kind, string path)
    {
        var credentials = kind == "Bearer"
            ? await service.Services.GetRequiredService<IRewtTokens>().CreateBearerAsync("orders", cancellationToken: Cancellation)
            : (await service.Services.GetRequiredService<IRewtApps>().AddAsync(new RewtApp("acme") { Audiences = ["orders"] }, cancellationToken: Cancellation)).Key;
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new(kind, credentials);
        return await service.GetTestClient().SendAsync(request, Cancellation);
    }

    private static List<string> Lines(TestService service) => [.. service.Log.Text.Split('\n').Where(line => line.Contains("CallerRefused", StringComparison.Ordinal))];
}
