namespace Rewt.Tests.Operations;

/// <summary>Tests <c>rewt token</c>.</summary>
public sealed class ToolTokenTests
{
    [Fact]
    public async Task A_token_created_by_the_tool_is_accepted_by_services()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await TestService.StartAsync(redis.ConnectionString);
        await service.Ring.GetAsync(Cancellation);

        var run = (await ToolRun.RunAsync(
            "token", "create", "--audience", "inventory", "--issuer", "night-shift", "--claim", "userId=u-42", "--lifetime", "30", "--redis", redis.ConnectionString)).Succeeds();

        var token = run.Output.Trim();
        run.Output.Trim().ShouldNotContain("\n", Case.Sensitive, "the output contains only the token");
        var claims = await service.CallAsync(token, "/secure").TextAsync();
        claims.ShouldContain("userId=u-42");
        claims.ShouldContain("iss=night-shift");
    }

    [Fact]
    public async Task Verifying_a_token_reports_the_result_and_the_reason_as_a_service_would()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var token = await instance.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        string[] verify = ["token", "verify", token, "--redis", redis.ConnectionString];

        (await ToolRun.RunAsync(verify)).Succeeds().Output.ShouldStartWith("valid: from fault");
        (await ToolRun.RunAsync([.. verify, "--audience", "inventory", "-o", "json"])).Succeeds().Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
        (await ToolRun.RunAsync([.. verify, "--audience", "orders"])).Fails(5, "bad_audience (OtherAudience). It is for 'inventory', but this service accepts 'orders'");
        (await ToolRun.RunAsync("token", "verify", await instance.SignAsync(), "--redis", redis.ConnectionString)).Succeeds();
        (await ToolRun.RunAsync("token", "verify", "no-token", "--redis", redis.ConnectionString)).Fails(5, "foreign");
        var read = await ToolRun.RunAsync(new Dictionary<string, string>(StringComparer.Ordinal), $"Bearer {token}\n", "token", "verify", "-", "--redis", redis.ConnectionString);
        read.Succeeds();

        await instance.Ring.RevokeAsync(await instance.CurrentAsync(), Cancellation);
        var refused = (await ToolRun.RunAsync([.. verify, "-o", "json"])).Fails(5, "stale_key", "rewt keys list");
        refused.Json.GetProperty("valid").GetBoolean().ShouldBeFalse();
        refused.Json.GetProperty("reason").GetString().ShouldBe("stale_key");
    }

    [Fact]
    public async Task Explaining_a_token_lists_the_checks_up_to_the_first_failure()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var token = await instance.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        string[] explain = ["token", "explain", token, "--redis", redis.ConnectionString];

        var good = (await ToolRun.RunAsync([.. explain, "--audience", "inventory"])).Succeeds();
        var other = (await ToolRun.RunAsync([.. explain, "--audience", "orders"])).Fails(5, "bad_audience (OtherAudience)", "Correct the audience or the address that the sender uses");
        var forged = (await ToolRun.RunAsync("token", "explain", token[..^4] + "AAAA", "--redis", redis.ConnectionString, "-o", "json")).Fails(5, "WrongSignature");
        var piped = await ToolRun.RunAsync(new Dictionary<string, string>(StringComparer.Ordinal), token, "token", "explain", "--redis", redis.ConnectionString);

        piped.Succeeds();
        good.Output.ShouldContain("No check failed.");
        other.Output.ShouldMatch("signature is valid +│ ok");
        other.Output.ShouldMatch("audience \\(aud\\) is the receiver +│ failed");
        var checks = forged.Json.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("check").GetString()!, check => check.GetProperty("result").GetString(), StringComparer.Ordinal);
        (checks["other_type"], checks["unknown_key"], checks["wrong_signature"], checks["expired"], checks["untrusted_issuer"]).ShouldBe(("ok", "ok", "failed", "not_reached", "not_checked"));
        forged.Json.GetProperty("fix").GetString().ShouldStartWith("Its key is known, but its signature is wrong");
        foreach (var run in new[] { good, other, forged, piped }) (run.Output + run.Errors).ShouldNotContain(token.Split('.')[1]);
    }

    [Fact]
    public async Task A_check_that_depends_on_the_receiver_or_the_request_is_shown_as_not_checked()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var tenants = await Tenants.TenantService.StartAsync(redis);
        var plain = await instance.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        var bound = await instance.Tokens.CreateMessageBearerAsync("pay 100"u8.ToArray(), "inventory", oneTime: true, cancellationToken: Cancellation);
        var ofTenant = await Tenants.TenantService.SignAsync(tenants, "acme");
        string[] ofReceiver = ["untrusted_issuer", "missing_tenant", "validation_rule", "missing_claim", "other_tenant", "not_bound", "not_one_time", "refused_by_application"];

        (await NotCheckedAsync(plain)).ShouldBe(ofReceiver, ignoreOrder: true);
        (await NotCheckedAsync(bound)).ShouldBe([.. ofReceiver, "other_request", "replayed"], ignoreOrder: true);
        (await NotCheckedAsync(ofTenant)).ShouldBe([.. ofReceiver, "unexpected_tenant"], ignoreOrder: true);

        await using var pair = await Instance.StartWarmAsync(redis.ConnectionString, options => options.KeyMode = KeyMode.KeyPair);
        (await NotCheckedAsync(plain)).ShouldBe([.. ofReceiver, "other_key_mode"], ignoreOrder: true);

        async Task<List<string>> NotCheckedAsync(string token)
        {
            var run = (await ToolRun.RunAsync("token", "explain", token, "--audience", "inventory", "--redis", redis.ConnectionString, "-o", "json")).Succeeds();
            return [.. run.Json.GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("result").GetString() == "not_checked").Select(check => check.GetProperty("check").GetString()!)];
        }
    }

    [Fact]
    public async Task A_byte_order_mark_before_a_token_in_the_standard_input_is_ignored()
    {
        var token = $"{Part("""{"alg":"HS256","kid":"k","typ":"rewt+jwt"}""")}.{Part("""{"iss":"orders","exp":1767270000}""")}.c2lnbmF0dXJl";

        var run = await ToolRun.RunAsync(new Dictionary<string, string>(StringComparer.Ordinal), $"\uFEFFBearer {token}\n", "token", "inspect", "-");

        run.Succeeds().Output.ShouldContain("orders");
    }

    [Fact]
    public async Task Inspecting_a_token_needs_no_server_and_does_not_show_its_signature()
    {
        var token = $"{Part("""{"alg":"HS256","kid":"k","typ":"rewt+jwt"}""")}.{Part("""{"iss":"orders","exp":1767270000,"evil":"a\u001b[31mb"}""")}.c2lnbmF0dXJl";

        var table = (await ToolRun.RunAsync("token", "inspect", token, "--redis", "localhost:1")).Succeeds();
        var json = (await ToolRun.RunAsync("token", "inspect", token, "-o", "json")).Succeeds().Json;

        table.Output.ShouldContain("orders");
        table.Output.ShouldContain("2026-01-01 12:20:00Z");
        table.Output.ShouldContain("not checked");
        table.Output.ShouldNotContain("\u001b");
        table.Output.ShouldNotContain("c2lnbmF0dXJl");
        json.GetProperty("header").GetProperty("kid").GetString().ShouldBe("k");
        json.GetProperty("claims").GetProperty("iss").GetString().ShouldBe("orders");
        (await ToolRun.RunAsync("token", "inspect", "a.b.c")).Fails(5, "not a JSON Web Token");
    }

    [Theory]
    [InlineData("""{"a":1,"a\u001b[31m":1,"a\u001b[31m":2}""")]
    [InlineData("""{"a":{"a\u001b[31m":1,"a\u001b[31m":2}}""")]
    public async Task Inspecting_a_token_with_a_duplicate_claim_reports_a_malformed_token_without_the_name(string claims)
    {
        var token = $"{Part("""{"alg":"HS256"}""")}.{Part(claims)}.c2lnbmF0dXJl";
        foreach (var format in new[] { "table", "json" })
        {
            var run = (await ToolRun.RunAsync("token", "inspect", token, "-o", format)).Fails(5, "without duplicate names");
            (run.Output + run.Errors).ShouldNotContain("\u001b");
        }
    }

    [Fact]
    public async Task A_token_that_services_would_refuse_is_not_created()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.MaxTokenLifetime = TimeSpan.FromSeconds(90));

        (await ToolRun.RunAsync("token", "create", "--lifetime", "100", "--redis", redis.ConnectionString)).Fails(2, "--lifetime", "90");
        (await ToolRun.RunAsync("token", "create", "--claim", "no-value", "--redis", redis.ConnectionString)).Fails(2, "name=value");
        (await ToolRun.RunAsync("token", "create", "--claim", "iss=me", "--redis", redis.ConnectionString)).Fails(2, "iss");
    }

    private static string Part(string json) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(json));
}
