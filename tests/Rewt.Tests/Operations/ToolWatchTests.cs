namespace Rewt.Tests.Operations;

/// <summary><c>rewt watch</c>.</summary>
public sealed class ToolWatchTests
{
    [Fact]
    public async Task It_follows_rotations_and_the_instances_line_by_line()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        using var watch = ToolRun.Start(new Dictionary<string, string>(StringComparer.Ordinal), "watch", "-o", "json", "--duration", "120", "--redis", redis.ConnectionString);
        try
        {
            var first = await NextAsync(watch, _ => true);
            first.GetProperty("ring").GetProperty("keys")[0].GetProperty("state").GetString().ShouldBe("current");

            var rotated = (await instance.Ring.RotateAsync(Cancellation)).Current!.KeyId;

            // One line may show the new key and the instance that has read it: both are asked of the same line.
            var held = await NextAsync(watch, line => line.GetProperty("ring").GetProperty("keys")[0].GetProperty("keyId").GetString() == rotated
                && line.GetProperty("instances").EnumerateArray().Any(entry => entry.GetProperty("version").GetInt64() == line.GetProperty("ring").GetProperty("version").GetInt64()));
            held.GetProperty("instances")[0].GetProperty("isUpToDate").GetBoolean().ShouldBeTrue();
            held.GetProperty("instances")[0].GetProperty("instance").GetString()!.ShouldStartWith("fault/");
        }
        finally
        {
            watch.Kill();
            await watch.WaitForExitAsync(Cancellation);
        }
    }

    [Fact]
    public async Task It_ends_well_when_its_time_is_over()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);

        (await ToolRun.RunAsync("watch", "--changes", "1", "--redis", redis.ConnectionString)).Well().Output.ShouldContain("is current");
        (await ToolRun.RunAsync("watch", "--duration", "0.5", "-o", "json", "--redis", redis.ConnectionString)).Well();
        (await ToolRun.RunAsync("watch", "--redis", $"127.0.0.1:{FreePort.Next()}")).Fails(3, "Redis cannot be reached");
    }

    [Fact]
    public async Task It_says_that_there_is_no_ring()
    {
        await using var redis = await RedisServer.StartAsync();

        (await ToolRun.RunAsync("watch", "--changes", "1", "--redis", redis.ConnectionString)).Well().Output.ShouldContain("the namespace has no key ring yet");
    }

    [Fact]
    public async Task It_ends_with_130_at_Ctrl_C()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        using var watch = ToolRun.Start(new Dictionary<string, string>(StringComparer.Ordinal), "watch", "-o", "json", "--redis", redis.ConnectionString);
        await NextAsync(watch, _ => true);

        await Tool.RunAsync(RepositoryRoot.Path, "kill", "-s", "INT", watch.Id.ToString(CultureInfo.InvariantCulture));
        await watch.WaitForExitAsync(Cancellation);

        watch.ExitCode.ShouldBe(130);
    }

    private static async Task<JsonElement> NextAsync(System.Diagnostics.Process watch, Func<JsonElement, bool> isIt)
    {
        while (true)
        {
            var line = await watch.StandardOutput.ReadLineAsync(Cancellation);
            line.ShouldNotBeNull();
            var state = JsonSerializer.Deserialize<JsonElement>(line);
            if (isIt(state)) return state;
        }
    }
}
