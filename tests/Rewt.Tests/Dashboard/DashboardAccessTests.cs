using System.Net.Http.Json;
using Microsoft.AspNetCore.Authorization;

namespace Rewt.Tests.Dashboard;

/// <summary>Tests the authorization and the addresses of the dashboard.</summary>
public sealed class DashboardAccessTests
{
    public static TheoryData<string, string> Endpoints => new()
    {
        { "GET", "/rewt" }, { "GET", "/rewt/" }, { "HEAD", "/rewt" }, { "GET", "/rewt/dashboard.css" }, { "GET", "/rewt/dashboard.js" }, { "GET", "/rewt/snapshot" },
        { "GET", "/rewt/history" }, { "GET", "/rewt/events" }, { "POST", "/rewt/rotate" }, { "POST", "/rewt/revoke" },
    };

    [Theory]
    [InlineData(null)]
    [InlineData("Operators")]
    public async Task An_application_without_the_dashboard_policy_fails_to_start(string? policyName)
    {
        var exception = await Should.ThrowAsync<InvalidOperationException>(() => DashboardService.StartAsync(policy: policyName, configure: builder => builder.Services.AddAuthorization(options =>
        {
            // Neither policy is meant to grant the right to revoke keys.
            options.DefaultPolicy = new AuthorizationPolicyBuilder().RequireAssertion(_ => true).Build();
            options.FallbackPolicy = options.DefaultPolicy;
        })));

        exception.Message.ShouldContain("'RewtDashboard'");
        exception.Message.ShouldContain("AddAuthorization(options => options.AddPolicy(\"RewtDashboard\"");
    }

    [Fact]
    public async Task Mapping_the_dashboard_without_authorization_or_keys_is_an_error()
    {
        var builder = WebApplication.CreateSlimBuilder();
        await using var withoutAuthorization = builder.Build();
        Should.Throw<InvalidOperationException>(() => withoutAuthorization.MapRewtDashboard()).Message.ShouldContain("RewtDashboard");

        builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddAuthorization(options => options.AddPolicy("RewtDashboard", policy => policy.RequireRole("operator")));
        await using var withoutKeys = builder.Build();
        Should.Throw<InvalidOperationException>(() => withoutKeys.MapRewtDashboard()).Message.ShouldContain("AddRewtAuthentication");
    }

    [Fact]
    public async Task A_service_that_only_sends_has_a_dashboard_and_audits_its_commands()
    {
        await using var host = await TestService.HostAsync(
            builder =>
            {
                builder.Services.AddRewtInMemoryKeys(options => options.ServiceName = "worker");
                builder.Services.AddAuthentication();
                builder.Services.AddAuthorization(options => options.AddPolicy("RewtDashboard", policy => policy.RequireAssertion(_ => true)));
            },
            application => application.MapRewtDashboard());

        (await host.CommandAsync("rotate", new { })).Status.ShouldBe(HttpStatusCode.OK);

        host.Log.Text.ShouldContain("by the dashboard at worker/");
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Anonymous_requests_receive_401_and_unauthorized_users_403_without_caching(string method, string path)
    {
        await using var host = await DashboardService.StartAsync(configure: builder => builder.Services.AddAuthorization(options => options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(_ => true).Build()));

        await ShouldBeRefusedAsync(host, method, path);
    }

    [Fact]
    public async Task AllowAnonymous_does_not_open_the_dashboard()
    {
        await using var host = await DashboardService.StartAsync(map: application => application.MapRewtDashboard().AllowAnonymous());

        foreach (var (method, path) in Endpoints.Select(row => row.Data)) await ShouldBeRefusedAsync(host, method, path);
        (await host.SnapshotAsync()).GetProperty("service").GetString().ShouldBe("inventory");
        (await host.CommandAsync("rotate", new { })).Status.ShouldBe(HttpStatusCode.OK);
        host.Log.Text.ShouldContain("by ops-ada at inventory/");
    }

    [Fact]
    public async Task A_policy_from_a_policy_provider_is_evaluated_at_the_first_request()
    {
        await using var host = await DashboardService.StartAsync(policy: null, configure: builder =>
        {
            builder.Services.AddAuthorization();
            builder.Services.AddSingleton<IAuthorizationPolicyProvider, DynamicPolicyProvider>();
        });

        await ShouldBeRefusedAsync(host, "GET", "/rewt/snapshot");
        (await host.SnapshotAsync()).GetProperty("health").GetString().ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("ops/keys/")]
    [InlineData("/a b:c/{tenant}")]
    public async Task The_dashboard_works_at_any_pattern_in_groups_and_under_a_path_base(string pattern)
    {
        await using var host = await DashboardService.StartAsync(map: application =>
        {
            application.UsePathBase("/base");
            application.UseRouting();
            application.UseAuthentication();
            application.UseAuthorization();
            application.MapGroup("/group").MapRewtDashboard(pattern);
            application.MapRewtDashboard("/second", RewtDashboardDefaults.PolicyName);
        });
        var path = ("/base/group/" + pattern.Trim('/')).TrimEnd('/').Replace("{tenant}", "acme:1", StringComparison.Ordinal);

        foreach (var place in new[] { path, path + "/", "/second", "/base/second/" })
        {
            var page = new Uri(host.Address, place);
            var html = await host.Http.GetStringAsync(page, Cancellation);
            foreach (var link in new[] { "href=\"", "src=\"" })
            {
                var file = html[(html.LastIndexOf(link + "./", StringComparison.Ordinal) + link.Length)..];
                // Resolves the link as a browser does.
                (await host.Http.GetAsync(new Uri(page, file[..file.IndexOf('"', StringComparison.Ordinal)]), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK, place);
            }

            (await host.SnapshotAsync(place)).GetProperty("rings").GetArrayLength().ShouldBe(1);
            (await host.CommandAsync("rotate", new { force = true }, place)).Status.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Theory]
    [InlineData("/rewt")]
    [InlineData("/rewt/dashboard.js")]
    [InlineData("/rewt/snapshot")]
    public async Task Responses_forbid_external_resources_and_caching(string path)
    {
        await using var host = await DashboardService.StartAsync();

        using var answer = await host.Http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var policy = answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldNotContain("unsafe");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldHaveSingleItem().ShouldBe("nosniff");
        answer.Headers.GetValues("Referrer-Policy").ShouldHaveSingleItem().ShouldBe("no-referrer");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task The_content_security_policy_is_not_added_to_the_application_page_that_replaces_a_refusal()
    {
        await using var host = await DashboardService.StartAsync(map: application =>
        {
            application.UseStatusCodePagesWithReExecute("/login");
            application.UseRouting();
            application.UseAuthentication();
            application.UseAuthorization();
            application.MapRewtDashboard("/rewt");
            application.MapGet("/login", () => "a page with styles of its own").AllowAnonymous();
        });
        using var anonymous = new HttpClient { BaseAddress = host.Address };

        using var answer = await anonymous.GetAsync(new Uri("/rewt", UriKind.Relative), Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldBe("a page with styles of its own");
        answer.Headers.Contains("Content-Security-Policy").ShouldBeFalse();
    }

    [Fact]
    public async Task Output_caching_does_not_expose_an_operators_response_to_other_users()
    {
        await using var host = await DashboardService.StartAsync(
            policy: null,
            configure: builder => builder.Services
                .AddOutputCache(options => options.AddBasePolicy(policy => policy.Expire(TimeSpan.FromHours(1))))
                .AddAuthorization(options => options.AddPolicy("RewtDashboard", policy => policy
                    .AddAuthenticationSchemes(TestUserHandler.Name).RequireAssertion(context => ((HttpContext)context.Resource!).Request.Headers.ContainsKey("X-Operator")))),
            map: application =>
            {
                application.UseRouting();
                application.UseOutputCache();
                application.UseAuthentication();
                application.UseAuthorization();
                application.MapRewtDashboard("/rewt");
                application.MapGet("/any", () => Guid.NewGuid());
            });
        using var client = new HttpClient { BaseAddress = host.Address };
        (await client.GetStringAsync(new Uri("/any", UriKind.Relative), Cancellation)).ShouldBe(await client.GetStringAsync(new Uri("/any", UriKind.Relative), Cancellation));

        foreach (var path in new[] { "/rewt", "/rewt/snapshot", "/rewt/dashboard.js" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("X-Operator", "yes");
            (await client.SendAsync(request, Cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);
            using var second = await client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            second.IsSuccessStatusCode.ShouldBeFalse(path);
        }
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    public async Task A_page_of_another_origin_reads_and_changes_nothing_even_if_CORS_allows_every_origin(string site)
    {
        await using var host = await DashboardService.StartAsync(
            configure: builder => builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.SetIsOriginAllowed(_ => true).AllowAnyHeader().AllowAnyMethod().AllowCredentials())),
            map: application =>
            {
                application.UseRouting();
                application.UseCors();
                application.UseAuthentication();
                application.UseAuthorization();
                application.MapRewtDashboard("/rewt");
                application.MapGet("/any", () => "readable");
            });
        var (token, current) = (await host.TokenAsync(), await host.WarmAsync());
        host.Http.DefaultRequestHeaders.Add("Origin", "https://stranger.example");
        host.Http.DefaultRequestHeaders.Add("Sec-Fetch-Mode", "cors");
        host.Http.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);
        using (var any = await host.Http.GetAsync(new Uri("/any", UriKind.Relative), Cancellation))
        {
            any.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["https://stranger.example"], "the policy of the application is in effect");
            (await any.Content.ReadAsStringAsync(Cancellation)).ShouldBe("readable");
        }

        foreach (var (method, path) in Endpoints.Select(row => row.Data))
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (method == "POST") request.Content = JsonContent.Create(new { ring = "rewt", keyId = current, force = true });
            request.Headers.Add("RequestVerificationToken", token);
            using var answer = await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{method} {path}");
            (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldBeEmpty();
        }

        (await host.Ring.GetAsync(Cancellation)).Current!.KeyId.ShouldBe(current);
        host.Http.DefaultRequestHeaders.Remove("Sec-Fetch-Site");
        host.Http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        (await host.SnapshotAsync()).GetProperty("service").GetString().ShouldBe("inventory");
    }

    private static async Task ShouldBeRefusedAsync(TestService host, string method, string path)
    {
        using var client = new HttpClient { BaseAddress = host.Address };
        foreach (var (user, status) in new[] { ((string?)null, HttpStatusCode.Unauthorized), ("eve", HttpStatusCode.Forbidden) })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (user is not null) request.Headers.Add("user", user);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
            answer.StatusCode.ShouldBe(status, $"{method} {path} of {user ?? "an anonymous user"}");
            answer.Headers.CacheControl.ShouldNotBeNull($"{method} {path} of {user ?? "an anonymous user"}").NoStore.ShouldBeTrue();
            answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
            (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldBeEmpty();
        }
    }

    private sealed class DynamicPolicyProvider : IAuthorizationPolicyProvider
    {
        public Task<AuthorizationPolicy> GetDefaultPolicyAsync() => Task.FromResult(new AuthorizationPolicyBuilder().RequireAssertion(_ => true).Build());

        public Task<AuthorizationPolicy?> GetFallbackPolicyAsync() => Task.FromResult<AuthorizationPolicy?>(null);

        public Task<AuthorizationPolicy?> GetPolicyAsync(string policyName) =>
            Task.FromResult<AuthorizationPolicy?>(new AuthorizationPolicyBuilder(TestUserHandler.Name).RequireRole("operator").Build());
    }
}
