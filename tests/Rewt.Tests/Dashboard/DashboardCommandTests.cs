using System.Net.Http.Json;

namespace Rewt.Tests.Dashboard;

/// <summary>Tests the commands that rotate and revoke keys.</summary>
public sealed class DashboardCommandTests
{
    [Theory]
    [InlineData("rotate")]
    [InlineData("revoke")]
    public async Task A_command_without_a_valid_antiforgery_token_is_refused(string command)
    {
        await using var host = await DashboardService.StartAsync();
        var current = await host.WarmAsync();
        var token = await host.TokenAsync();

        using (var withoutToken = await host.Http.PostAsJsonAsync(new Uri($"/rewt/{command}", UriKind.Relative), new { keyId = current, force = true }, Cancellation))
        {
            withoutToken.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await withoutToken.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("outcome").GetString().ShouldBe("antiforgery");
        }

        // A token is valid only for its own operator and only together with its cookie.
        host.Http.DefaultRequestHeaders.Remove("user");
        host.Http.DefaultRequestHeaders.Add("user", "ops-eve");
        (await host.CommandAsync(command, new { keyId = current, force = true }, token: token)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await host.CommandAsync(command, new { keyId = current, force = true }, token: "junk")).Status.ShouldBe(HttpStatusCode.BadRequest);
        using var withoutCookie = new HttpClient { BaseAddress = host.Address };
        withoutCookie.DefaultRequestHeaders.Add("user", "ops-ada");
        withoutCookie.DefaultRequestHeaders.Add("RequestVerificationToken", token);
        using var answer = await withoutCookie.PostAsJsonAsync(new Uri($"/rewt/{command}", UriKind.Relative), new { keyId = current, force = true }, Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        (await host.Ring.GetAsync(Cancellation)).Current!.KeyId.ShouldBe(current);
    }

    [Fact]
    public async Task A_second_rotation_during_the_overlap_is_refused_unless_it_is_forced()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await DashboardService.StartAsync(redis.ConnectionString);
        var first = await host.WarmAsync();
        var second = DashboardService.KeyIn(await host.RingAsync(), "pending");

        var (status, answer) = await host.CommandAsync("rotate", new { });
        status.ShouldBe(HttpStatusCode.OK);
        answer.GetProperty("outcome").GetString().ShouldBe("rotated");
        answer.GetProperty("keyId").GetString().ShouldBe(second);
        DashboardService.KeyIn(await host.RingAsync(), "current").ShouldBe(second);
        DashboardService.KeyIn(await host.RingAsync(), "retired").ShouldBe(first);

        (status, answer) = await host.CommandAsync("rotate", new { ring = "rewt" });
        status.ShouldBe(HttpStatusCode.Conflict);
        answer.GetProperty("outcome").GetString().ShouldBe("overlap");
        answer.GetProperty("message").GetString()!.ShouldContain(first);
        (await host.Ring.GetAsync(Cancellation)).Current!.KeyId.ShouldBe(second);

        (await host.CommandAsync("rotate", new { force = true })).Status.ShouldBe(HttpStatusCode.OK);
        (await host.Ring.GetAsync(Cancellation)).Current!.KeyId.ShouldNotBe(second);
        host.Log.Text.ShouldContain($"key {first} of the ring rewt was retired by ops-ada at inventory/");
    }

    [Fact]
    public async Task A_command_can_be_sent_as_a_form()
    {
        await using var host = await DashboardService.StartAsync();
        var current = await host.WarmAsync();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal) { ["keyId"] = current, ["__RequestVerificationToken"] = await host.TokenAsync() });

        using var answer = await host.Http.PostAsync(new Uri("/rewt/revoke", UriKind.Relative), form, Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        DashboardService.KeyIn(await host.RingAsync(), "revoked").ShouldBe(current);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_on_all_instances_and_the_audit_names_the_operator()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await DashboardService.StartAsync(redis.ConnectionString);
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString);
        var current = await host.WarmAsync();
        var token = await other.SignAsync();

        var (status, answer) = await host.CommandAsync("revoke", new { keyId = current });

        status.ShouldBe(HttpStatusCode.OK);
        answer.GetProperty("outcome").GetString().ShouldBe("revoked");
        host.Log.Text.ShouldContain($"key {current} of the ring rewt was revoked by ops-ada at inventory/");
        await Eventually.TrueAsync(async () => await other.VerifyAsync(token) == RewtRefusal.StaleKey, "the other instance refuses the token");
        await Eventually.TrueAsync(() => Task.FromResult(other.Log.Text.Contains("changed by ops-ada at inventory/", StringComparison.Ordinal)), () => $"the other instance logs the operator: {other.Log.Text}");
        DashboardService.KeyIn(await host.RingAsync(), "revoked").ShouldBe(current);
    }

    [Fact]
    public async Task The_response_names_instances_that_did_not_confirm_a_revocation()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await DashboardService.StartAsync(redis.ConnectionString);
        var current = await host.WarmAsync();
        var now = (await host.RingAsync()).GetProperty("now").GetInt64();
        await redis.CommandAsync("ZADD", "{rewt:rewt-secret}:instances", now.ToString(CultureInfo.InvariantCulture), "orders/silent|another|1");
        await redis.CommandAsync("ZADD", "{rewt:rewt-secret}:instances", (now + 3_600_000).ToString(CultureInfo.InvariantCulture), $"orders/behind|{await EpochAsync(redis)}|0");

        var (status, answer) = await host.CommandAsync("revoke", new { keyId = current });

        status.ShouldBe(HttpStatusCode.OK);
        answer.GetProperty("unconfirmed").EnumerateArray().Select(name => name.GetString()).ShouldBe(["orders/behind", "orders/silent"]);
        answer.GetProperty("message").GetString()!.ShouldContain("have not confirmed");
    }

    [Fact]
    public async Task The_response_names_ten_of_many_instances_that_did_not_confirm_a_revocation()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await DashboardService.StartAsync(redis.ConnectionString);
        var current = await host.WarmAsync();
        var now = (await host.RingAsync()).GetProperty("now").GetInt64().ToString(CultureInfo.InvariantCulture);
        await redis.CommandAsync(["ZADD", "{rewt:rewt-secret}:instances", .. Enumerable.Range(0, 300).SelectMany(number => new object[] { now, $"orders/{number}|another|1" })]);

        var (_, answer) = await host.CommandAsync("revoke", new { keyId = current });

        answer.GetProperty("unconfirmed").GetArrayLength().ShouldBe(10);
        answer.GetProperty("message").GetString()!.ShouldContain("300 instances have not confirmed");
    }

    [Theory]
    [InlineData("{}", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("""{"keyId":""}""", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("""{"keyId":7}""", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("no json", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("null", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("{}", HttpStatusCode.BadRequest, "malformed", "application/json; charset=nonsense")]
    [InlineData("{}", HttpStatusCode.BadRequest, "malformed", "application/x-www-form-urlencoded; charset=nonsense")]
    [InlineData("{}", HttpStatusCode.BadRequest, "malformed", "application/json; charset=utf-7")]
    [InlineData("{}", HttpStatusCode.BadRequest, "malformed", "application/x-www-form-urlencoded; charset=utf-7")]
    [InlineData("{}", HttpStatusCode.BadRequest, "malformed", "application/x-www-form-urlencoded; charset=\"UTF-7\"")]
    [InlineData("keyId=%", HttpStatusCode.BadRequest, "malformed", "application/x-www-form-urlencoded; charset=utf-16")]
    [InlineData("{}", HttpStatusCode.BadRequest, "malformed", "application/json; charset=utf-16")]
    [InlineData("{}", HttpStatusCode.BadRequest, "malformed", "application/json; charset=utf-32")]
    [InlineData("{}", HttpStatusCode.BadRequest, "malformed", "application/vnd.x+json; charset=\"\"")]
    [InlineData("{}", HttpStatusCode.BadRequest, "malformed", "multipart/form-data")]
    [InlineData("{}", HttpStatusCode.BadRequest, "malformed", "multipart/form-data; boundary=x")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"keyId\"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\nx\r\n--x--\r\n", HttpStatusCode.BadRequest, "malformed", "multipart/form-data; boundary=x")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"keyId\"; filename=\"a\"\r\n\r\nx\r\n--x--\r\n", HttpStatusCode.BadRequest, "malformed", "multipart/form-data; boundary=x")]
    [InlineData("{\"keyId\":\"\\ud800\"}", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("[]", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("""{"keyId":"AAAAAAAAAAAAAAAAAAAAAA"}""", HttpStatusCode.NotFound, "unknown_key")]
    [InlineData("""{"keyId":"<script>"}""", HttpStatusCode.NotFound, "unknown_key")]
    [InlineData("""{"keyId":"AAAAAAAAAAAAAAAAAAAAAA","ring":"other"}""", HttpStatusCode.NotFound, "unknown_ring")]
    public async Task An_invalid_revoke_request_is_refused_with_the_reason(string body, HttpStatusCode expected, string outcome, string type = "application/json")
    {
        await using var host = await DashboardService.StartAsync();
        var current = await host.WarmAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/rewt/revoke") { Content = new StringContent(body, Encoding.UTF8) };
        request.Content.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        request.Headers.Add("RequestVerificationToken", await host.TokenAsync());

        using var answer = await host.Http.SendAsync(request, Cancellation);

        answer.StatusCode.ShouldBe(expected);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("outcome").GetString().ShouldBe(outcome);
        (await host.Ring.GetAsync(Cancellation)).Keys.ShouldNotContain(key => key.State == RewtKeyState.Revoked);
        (await host.Ring.GetAsync(Cancellation)).Current!.KeyId.ShouldBe(current);
    }

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("application/json", false)]
    [InlineData("application/x-www-form-urlencoded", true)]
    [InlineData("application/x-www-form-urlencoded", false)]
    public async Task An_oversized_request_body_is_refused(string contentType, bool hasToken)
    {
        await using var host = await DashboardService.StartAsync();
        var current = await host.WarmAsync();
        var body = contentType.EndsWith("json", StringComparison.Ordinal) ? JsonSerializer.Serialize(new { more = new string('a', 6000), keyId = current }) : $"more={new string('a', 6000)}&keyId={current}";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/rewt/revoke") { Content = new StringContent(body, System.Text.Encoding.UTF8, contentType) };
        if (hasToken) request.Headers.Add("RequestVerificationToken", await host.TokenAsync());

        (await host.Http.SendAsync(request, Cancellation).StatusAsync()).ShouldBe(HttpStatusCode.BadRequest);
        (await host.Ring.GetAsync(Cancellation)).Current!.KeyId.ShouldBe(current);
    }

    [Fact]
    public async Task An_unprintable_operator_name_is_audited_in_its_closest_printable_form()
    {
        await using var host = await DashboardService.StartAsync();
        await host.WarmAsync();
        host.Http.DefaultRequestHeaders.Remove("user");
        host.Http.DefaultRequestHeaders.TryAddWithoutValidation("user", "ops-CORP\\ada");

        (await host.CommandAsync("rotate", new { })).Status.ShouldBe(HttpStatusCode.OK);

        host.Log.Text.ShouldContain("by ops-CORP/ada at inventory/");
    }

    [Theory]
    [InlineData("CORP\\ada", "CORP/ada")]
    [InlineData(" Zoë \"Z\" ", "Zo? ?Z?")]
    [InlineData("a\nb\u202Ec", "a?b?c")]
    public void ToIdentifier_replaces_unprintable_characters_of_a_name(string name, string expected)
    {
        Rewt.Internal.Names.ToIdentifier(name).ShouldBe(expected);
        Rewt.Internal.Names.IsIdentifier(expected).ShouldBeTrue();
        Rewt.Internal.Names.IsIdentifier(Rewt.Internal.Names.ToIdentifier(string.Concat(Enumerable.Repeat(name, 60)))).ShouldBeTrue();
    }

    [Fact]
    public async Task A_Redis_outage_is_reported_in_snapshots_and_commands_return_503()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await DashboardService.StartAsync(redis.ConnectionString);
        var current = await host.WarmAsync();
        await redis.KillAsync();
        await Eventually.TrueAsync(async () => (await host.SnapshotAsync()).GetProperty("health").GetString() == "degraded", "the snapshot reports the outage");

        var snapshot = await host.SnapshotAsync();
        snapshot.GetProperty("rings")[0].GetProperty("problem").GetString()!.ShouldContain("cannot be read");
        DashboardService.KeyIn(snapshot.GetProperty("rings")[0], "current").ShouldBe(current);
        await Eventually.TrueAsync(async () => (await host.RingAsync()).GetProperty("instancesProblem").ValueKind == JsonValueKind.String, "the instances cannot be read");
        foreach (var command in new[] { "rotate", "revoke" })
        {
            var (status, answer) = await host.CommandAsync(command, new { keyId = current, force = true });
            status.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.GetProperty("outcome").GetString().ShouldBe("unavailable");
            answer.GetProperty("message").GetString()!.ShouldContain("Redis");
        }

        await redis.RestartAsync();
        await Eventually.TrueAsync(async () => (await host.SnapshotAsync()).GetProperty("health").GetString() == "healthy", "the outage is over");
    }

    [Fact]
    public async Task The_dashboard_works_when_Redis_was_never_reachable()
    {
        await using var host = await DashboardService.StartAsync($"127.0.0.1:{FreePort.Next()}");

        await Eventually.TrueAsync(
            async () => (await host.SnapshotAsync()).GetProperty("rings")[0].GetProperty("problem").GetString()!.Contains("Start Redis there", StringComparison.Ordinal), "the first read has failed");
        (await host.SnapshotAsync()).GetProperty("health").GetString().ShouldBe("unhealthy");
        (await host.CommandAsync("rotate", new { })).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await host.CommandAsync("revoke", new { keyId = "AAAAAAAAAAAAAAAAAAAAAA" })).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task The_dashboard_shows_all_key_pairs_rotates_its_own_and_revokes_any()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await TestService.StartAsync(redis.ConnectionString, "orders", UseKeyPairs);
        await using var host = await DashboardService.StartAsync(redis.ConnectionString, options =>
        {
            UseKeyPairs(options);
            options.TrustedIssuers = ["orders"];
        });
        var ordersKeyId = (await orders.Ring.GetAsync(Cancellation)).Current!.KeyId;
        var own = (await host.Ring.GetAsync(Cancellation)).Current!.KeyId;
        await Eventually.TrueAsync(async () => Keys(await host.RingAsync()).Contains(("orders", ordersKeyId, "current", false)), "the keys of orders are shown");
        Keys(await host.RingAsync()).ShouldContain(("inventory", own, "current", true));

        (await host.CommandAsync("rotate", new { })).Status.ShouldBe(HttpStatusCode.OK);
        Keys(await host.RingAsync()).ShouldContain(("inventory", own, "retired", true));
        Keys(await host.RingAsync()).ShouldContain(("orders", ordersKeyId, "current", false));

        var (status, _) = await host.CommandAsync("revoke", new { keyId = ordersKeyId });
        status.ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => DashboardService.KeyIn(await host.RingAsync(), "revoked") == ordersKeyId, "the key of orders is revoked");
    }

    [Fact]
    public async Task The_secret_for_tenant_keys_can_be_rotated()
    {
        await using var host = await DashboardService.StartAsync(settings: options => options.Tenants.Enabled = true);

        await Eventually.TrueAsync(async () => (await host.RingAsync()).GetProperty("kind").GetString() == "tenants", "the key ring has been read");
        var (status, answer) = await host.CommandAsync("rotate", new { force = true });
        status.ShouldBe(HttpStatusCode.OK);
        answer.GetProperty("outcome").GetString().ShouldBe("rotated");
    }

    [Fact]
    public async Task A_second_key_ring_is_shown_and_can_be_rotated_by_name()
    {
        await using var host = await DashboardService.StartAsync(configure: builder => builder.Services.AddAuthentication().AddRewt("Users", options => options.Namespace = "users"));
        await Eventually.TrueAsync(
            async () => (await host.SnapshotAsync()).GetProperty("rings").EnumerateArray().All(ring => DashboardService.KeyIn(ring, "current") is not null), "both key rings have a current key");
        var before = (await host.SnapshotAsync()).GetProperty("rings");
        before.EnumerateArray().Select(ring => ring.GetProperty("namespace").GetString()).ShouldBe(["rewt", "users"]);

        (await host.CommandAsync("rotate", new { ring = "users" })).Status.ShouldBe(HttpStatusCode.OK);

        var after = (await host.SnapshotAsync()).GetProperty("rings");
        DashboardService.KeyIn(after[0], "current").ShouldBe(DashboardService.KeyIn(before[0], "current"));
        DashboardService.KeyIn(after[1], "current").ShouldBe(DashboardService.KeyIn(before[1], "pending"));
    }

    private static void UseKeyPairs(RewtOptions options) => (options.KeyMode, options.RefreshInterval) = (KeyMode.KeyPair, TimeSpan.FromMilliseconds(500));

    private static IEnumerable<(string? Service, string? Id, string? State, bool IsOwn)> Keys(JsonElement ring) => ring.GetProperty("keys").EnumerateArray()
        .Select(key => (key.GetProperty("service").GetString(), key.GetProperty("id").GetString(), key.GetProperty("state").GetString(), key.GetProperty("isOwn").GetBoolean()));

    private static async Task<string> EpochAsync(RedisServer redis) => await redis.CliAsync("HGET", "{rewt:rewt-secret}:ring", "epoch");
}
