namespace Rewt.Tests.Operations;

/// <summary>Tests <c>rewt watch</c>.</summary>
public sealed class ToolWatchTests
{
    [Fact]
    public async Task Watch_reports_rotations_and_instances_line_by_line()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        using var watch = ToolRun.Start(new Dictionary<string, string>(StringComparer.Ordinal), "watch", "-o", "json", "--duration", "120", "--redis", redis.ConnectionString);
        try
        {
            var first = await NextAsync(watch, _ => true);
            first.GetProperty("ring").GetProperty("keys")[0].GetProperty("state").GetString().ShouldBe("current");

            var rotated = (await instance.Ring.RotateAsync(Cancellation)).Current!.KeyId;

            // The new key and the instance that has read it must be in the same line.
            var update = await NextAsync(watch, line => line.GetProperty("ring").GetProperty("keys")[0].GetProperty("keyId").GetString() == rotated
                && line.GetProperty("instances").EnumerateArray().Any(entry => entry.GetProperty("version").GetInt64() == line.GetProperty("ring").GetProperty("version").GetInt64()));
            update.GetProperty("instances")[0].GetProperty("isUpToDate").GetBoolean().ShouldBeTrue();
            update.GetProperty("instances")[0].GetProperty("instance").GetString()!.ShouldStartWith("fault/");
        }
        finally
        {
            watch.Kill();
            await watch.WaitForExitAsync(Cancellation);
        }
    }

    [Fact]
    public async Task Watch_ends_successfully_when_its_duration_is_over()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);

        (await ToolRun.RunAsync("watch", "--changes", "1", "--redis", redis.ConnectionString)).Succeeds().Output.ShouldContain("is current");
        (await ToolRun.RunAsync("watch", "--duration", "0.5", "-o", "json", "--redis", redis.ConnectionString)).Succeeds();
        (await ToolRun.RunAsync("watch", "--redis", $"127.0.0.1:{FreePort.Next()}")).Fails(3, "Redis cannot be reached");
    }

    [Theory]
    [InlineData("-inf")]
    [InlineData("-1")]
    [InlineData("+inf")]
    public async Task Watch_ignores_an_instance_with_an_impossible_time(string score)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        await redis.CommandAsync("ZADD", "{rewt:rewt-secret}:instances", score, "orders/impossible|epoch|1");

        var run = (await ToolRun.RunAsync("watch", "--changes", "1", "-o", "json", "--redis", redis.ConnectionString)).Succeeds();

        run.Output.ShouldNotContain("orders/impossible");
    }

    [Fact]
    public async Task Watch_reports_that_the_namespace_has_no_ring()
    {
        await using var redis = await RedisServer.StartAsync();

        (await ToolRun.RunAsync("watch", "--changes", "1", "--redis", redis.ConnectionString)).Succeeds().Output.ShouldContain("the namespace has no key ring yet");
    }

    [Fact]
    public async Task Watch_ends_with_exit_code_130_on_Ctrl_C()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        using var watch = ToolRun.Start(new Dictionary<string, string>(StringComparer.Ordinal), "watch", "-o", "json", "--redis", redis.ConnectionString);
        await NextAsync(watch, _ => true);

        await ExternalTool.RunAsync(RepositoryRoot.Path, "kill", "-s", "INT", watch.Id.ToString(CultureInfo.InvariantCulture));
        await watch.WaitForExitAsync(Cancellation);

        watch.ExitCode.ShouldBe(130);
    }

    private static async Task<JsonElement> NextAsync(System.Diagnostics.Process watch, Func<JsonElement, bool> matches)
    {
        while (true)
        {
            var line = await watch.StandardOutput.ReadLineAsync(Cancellation);
            line.ShouldNotBeNull();
            var state = JsonSerializer.Deserialize<JsonElement>(line);
            if (matches(state)) return state;
        }
    }
}
