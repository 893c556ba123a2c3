using Rewt.Tests.Operations;
using static Rewt.Tests.Sealing.SealedFleet;

namespace Rewt.Tests.Sealing;

/// <summary>Tests the tool on sealed secrets, with and without the sealing key.</summary>
public sealed class SealedToolTests
{
    [Fact]
    public async Task A_command_that_lacks_the_sealing_key_names_the_option_and_changes_nothing()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
        var (current, token, before) = (await instance.CurrentAsync(), await instance.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation), await redis.DumpAsync());
        using var directory = new ScratchDirectory();
        var other = directory.Write("other.key", B);

        foreach (var command in new[] { "keys list", "keys rotate --force", $"keys revoke {current} --yes", "token create", $"token verify {token}" })
        {
            foreach (var key in new[] { "", $" --sealing-key-file {other}" })
            {
                var run = (await ToolRun.RunAsync([.. (command + key).Split(' '), "--redis", redis.ConnectionString])).Fails(4, "is sealed", "--sealing-key-file (or REWT_SEALING_KEY_FILE)");
                (run.Output + run.Errors).ShouldNotContain(B);
            }
        }

        (await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString)).Fails(8).Output.ShouldContain("--sealing-key-file");
        (await redis.DumpAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task The_tool_works_with_the_sealing_key_and_shows_secrets_only_on_request()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--appendonly", "yes");
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => (options.Sealing.Keys, options.RefreshInterval) = ([A, B], TimeSpan.FromMilliseconds(300)));
        using var directory = new ScratchDirectory();
        var (a, b) = (directory.Write("a.key", A), directory.Write("b.key", B + "\n"));
        string[] first = ["--redis", redis.ConnectionString, "--sealing-key-file", a], second = ["--redis", redis.ConnectionString, "--sealing-key-file", b, "--sealing-key-file", a];

        (await ToolRun.RunAsync(["doctor", .. first])).Succeeds().Output.ShouldContain("All 3 stored secrets are sealed");
        (await ToolRun.RunAsync(["doctor", .. second])).Fails(8).Output.ShouldContain("sealing-keys");
        var runs = new List<ToolRun>
        {
            (await ToolRun.RunAsync(["keys", "rotate", .. second])).Succeeds(),
            (await ToolRun.RunAsync(["keys", "list", .. second])).Succeeds(),
        };
        (await ToolRun.RunAsync(["doctor", .. second])).Fails(8).Output.ShouldContain("does not seal with the first sealing key");
        (await ToolRun.RunAsync(["keys", "list", .. first])).Fails(4, "which --sealing-key-file (or REWT_SEALING_KEY_FILE) does not contain");

        await Eventually.TrueAsync(async () => runs[0].Output.Contains(await instance.CurrentAsync(), StringComparison.Ordinal), "the service uses the key that the tool has sealed");
        var token = (await ToolRun.RunAsync(["token", "create", "--audience", "inventory", .. second])).Succeeds().Output.Trim();
        (await ToolRun.RunAsync(["token", "verify", token, .. second])).Succeeds();
        (await ToolRun.RunAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["REWT_SEALING_KEY_FILE"] = b, ["REWT_REDIS"] = redis.ConnectionString }, token, "token", "verify", "-")).Succeeds();
        var secrets = ((RingSnapshot)instance.Provider.Known!).Reading.Ring!;
        foreach (var secret in new[] { secrets.Current!, secrets.Next! }.Select(secret => Encoding.UTF8.GetString(secret.Bytes)))
        {
            runs.ShouldAllBe(run => !(run.Output + run.Errors).Contains(secret));
            (await ToolRun.RunAsync(["keys", "list", "--show-secret", .. second])).Succeeds().Output.ShouldContain(secret);
        }
    }

    [Fact]
    public async Task Without_a_sealing_key_the_doctor_reports_unusable_secret_until_no_secret_is_sealed()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--appendonly", "yes");
        await using (var sealing = await Instance.StartWarmAsync(redis.ConnectionString, With(A))) await sealing.SignAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => (options.Sealing.Keys, options.Sealing.WriteUnsealed) = ([A], true));
        (await CodesAsync()).ShouldContain("unusable-secret");

        await instance.Ring.RotateAsync(Cancellation);

        (await redis.StoredAsync()).ShouldAllBe(text => !IsSealed(text));
        (await CodesAsync()).ShouldBe(["unsealed"]);

        async Task<IEnumerable<string?>> CodesAsync() => (await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString, "-o", "json"))
            .Json.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("SET")]
    [InlineData("HSET")]
    public async Task The_tool_neither_rotates_to_nor_seals_an_unsealed_secret_set_in_Redis(string command)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using (var instance = await Instance.StartWarmAsync(redis.ConnectionString, With(A))) await instance.SignAsync();
        using var directory = new ScratchDirectory();
        await (command == "SET" ? redis.CommandAsync("SET", SecretName, NewKey(), "EX", "5000") : redis.CommandAsync("HSET", RingName, "next", NewKey()));
        var before = await redis.StoredAsync();

        foreach (var keys in new[] { "keys rotate --force", "keys revoke current --yes" })
        {
            (await ToolRun.RunAsync([.. keys.Split(' '), "--redis", redis.ConnectionString, "--sealing-key-file", directory.Write("a.key", A)])).Fails(4, "is not sealed");
        }

        (await redis.StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task The_doctor_reports_an_unsealed_ring_as_information_and_not_as_a_failure()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--appendonly", "yes");
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        using var directory = new ScratchDirectory();

        var finding = (await ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString, "-o", "json")).Succeeds().Json.GetProperty("findings").EnumerateArray().ShouldHaveSingleItem();
        (finding.GetProperty("code").GetString(), finding.GetProperty("severity").GetString()).ShouldBe(("unsealed", "information"));

        string[] sealing = ["--redis", redis.ConnectionString, "--sealing-key-file", directory.Write("a.key", A)];
        var before = await redis.StoredAsync();
        (await ToolRun.RunAsync(["keys", "rotate", .. sealing])).Fails(4, "is not sealed; omit --sealing-key-file", "--seal");
        (await redis.StoredAsync()).ShouldBe(before);
        (await ToolRun.RunAsync(["keys", "rotate", "--seal", .. sealing])).Succeeds();
        (await redis.StoredAsync()).ShouldAllBe(text => IsSealed(text));
    }
}
