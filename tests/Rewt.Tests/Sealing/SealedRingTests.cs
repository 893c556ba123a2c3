using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rewt.Tests.Tenants;
using static Rewt.Tests.Sealing.SealedFleet;

namespace Rewt.Tests.Sealing;

/// <summary>Tests sealed secrets in Redis: where they are stored, which instances open them, and which instances write.</summary>
public sealed class SealedRingTests
{
    [Fact]
    public async Task All_secrets_are_stored_sealed_and_keep_their_key_ids()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
        await using var second = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
        await first.Ring.RotateAsync(Cancellation);

        (await second.VerifyAsync(await first.SignAsync())).ShouldBe(RewtRefusal.None);
        var stored = await redis.StoredAsync();
        stored.Count.ShouldBe(4);
        stored.ShouldAllBe(text => IsSealed(text));
        stored.Distinct().Count().ShouldBe(4, "the same secret is sealed to a different text in each place");
        stored[0].Split(':')[1].ShouldBe(await first.CurrentAsync());
        var snapshot = (RingSnapshot)first.Provider.Known!;
        KeyId.Of(snapshot.Current!.Secret.Bytes).ToString().ShouldBe(await first.CurrentAsync());
        (await redis.CliAsync("HGETALL", RingName)).ShouldNotContain(Encoding.UTF8.GetString(snapshot.Current.Secret.Bytes));
        (await redis.PttlAsync(SecretName)).ShouldBeInRange(80_000_000, 86_400_000);
    }

    [Theory]
    [InlineData("", 32)]
    [InlineData("", 4096)]
    [InlineData(",$EVAL=,$EVALSHA=", 32)]
    [InlineData(",$EVAL=,$EVALSHA=", 4096)]
    [InlineData(",$EVAL=,$EVALSHA=,$MULTI=,$EXEC=", 32)]
    [InlineData(",$EVAL=,$EVALSHA=,$MULTI=,$EXEC=", 4096)]
    public async Task An_unsealed_secret_of_any_permitted_length_is_adopted_and_sealed_at_the_next_write(string disabledCommands, int length)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        var unsealed = RandomText(length);
        await redis.SetAsync(SecretName, unsealed);

        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString + disabledCommands, With(A));

        (await instance.CurrentAsync()).ShouldBe(KeyId.Of(Encoding.ASCII.GetBytes(unsealed)).ToString());
        // Without scripts and transactions, a secret is written only if none exists.
        if (disabledCommands.Contains("MULTI", StringComparison.Ordinal)) await redis.DelAsync(SecretName);
        await Eventually.TrueAsync(async () => await redis.GetAsync(SecretName) is { } text && IsSealed(text), "the secret is sealed");
        await instance.WaitUntilHealthyAsync();
    }

    [Theory]
    [InlineData(31, "the value has 31 bytes, fewer than 32")]
    [InlineData(4097, "the value has more than 4096 bytes")]
    public async Task An_unsealed_secret_that_is_too_short_or_too_long_is_neither_adopted_nor_sealed(int length, string problem)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        var unsealed = RandomText(length);
        await redis.SetAsync(SecretName, unsealed);

        await using var instance = Instance.Start(redis.ConnectionString, With(A));

        (await Should.ThrowAsync<RewtKeysUnavailableException>(instance.SignAsync)).Message.ShouldContain(problem);
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.Ring.RotateAsync(Cancellation));
        (await redis.GetAsync(SecretName)).ShouldBe(unsealed);
        await redis.DelAsync(SecretName);
        await instance.WaitUntilHealthyAsync();
        (await redis.StoredAsync()).ShouldAllBe(text => IsSealed(text));
    }

    [Theory]
    [InlineData("SET")]
    [InlineData("HSET")]
    public async Task RequireSealed_prevents_the_use_of_a_secret_that_was_written_directly_to_Redis(string command)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => (options.Sealing.Keys, options.Sealing.RequireSealed) = ([A], true));
        var (chosen, sealedBefore) = (NewKey(), await redis.GetAsync(SecretName));
        await using var other = await RedisServer.StartAsync();
        await other.SetAsync(SecretName, chosen, TimeSpan.FromHours(1));
        await using var attacker = await Instance.StartWarmAsync(other.ConnectionString);
        var forged = await attacker.SignAsync();
        await (command == "SET" ? redis.CommandAsync("SET", SecretName, chosen, "EX", "5000") : redis.CommandAsync("HSET", RingName, "next", chosen));

        await Eventually.TrueAsync(() => instance.Provider.Health().DegradedReason?.Contains("Rewt:Sealing:RequireSealed is true", StringComparison.Ordinal) == true, "the unsealed secret is reported");
        (await Should.ThrowAsync<RewtKeysUnavailableException>(instance.SignAsync)).Message.ShouldContain("set Sealing:Keys in every service of the namespace, or remove RequireSealed until 'rewt doctor' reports 'sealed'.");
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.VerifyAsync(forged));
        (command == "SET" ? await redis.GetAsync(SecretName) : await redis.CliAsync("HGET", RingName, "next")).ShouldBe(chosen);

        await redis.CommandAsync("DEL", SecretName, RingName);
        await instance.WaitUntilHealthyAsync();
        (await redis.GetAsync(SecretName)).ShouldNotBe(sealedBefore);
        (await redis.StoredAsync()).ShouldAllBe(text => IsSealed(text));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_instance_that_cannot_open_the_secrets_of_the_fleet_creates_no_new_secret(bool hasKey)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using (var instance = await Instance.StartWarmAsync(redis.ConnectionString, With(A))) await instance.SignAsync();
        await using var withoutKey = Instance.Start(redis.ConnectionString, hasKey ? With(B) : null);
        await Should.ThrowAsync<RewtKeysUnavailableException>(withoutKey.SignAsync);

        await redis.CommandAsync("FLUSHALL");
        await withoutKey.Provider.ReadNowAsync(Cancellation);
        (await Should.ThrowAsync<RewtKeysUnavailableException>(withoutKey.SignAsync)).Message.ShouldContain("Rewt:Sealing:Keys");
        (await redis.GetAsync(SecretName)).ShouldBeNull();

        await using var other = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
        (await redis.StoredAsync()).ShouldAllBe(text => IsSealed(text));
    }

    [Fact]
    public async Task An_instance_that_could_not_open_the_secret_creates_none_until_it_is_restarted()
    {
        var time = new FakeTimeProvider();
        var secret = RandomNumberGenerator.GetBytes(32);
        var text = $"rewt-sealed:{KeyId.Of(secret)}:{await SealingKeys.TryRead([A], out _)!.ProtectAsync(secret, "", Cancellation)}";
        SecretSeal Start() => new(new RewtOptions(), SealingKeys.TryRead([B], out _), time);
        var seal = Start();

        (await seal.OpenAsync(new SecretSlot(Encoding.UTF8.GetBytes(text), false, 60_000), [], Cancellation)).Problem.ShouldNotBeNull();
        for (var read = 0; read < 3; read++)
        {
            (await seal.OpenAsync(SecretSlot.Absent, [], Cancellation)).Problem.ShouldNotBeNull();
            time.Advance(TimeSpan.FromDays(1));
        }

        (await Start().OpenAsync(SecretSlot.Absent, [], Cancellation)).Problem.ShouldBeNull();
        // Sealing has been turned off, so this instance can create the next secret.
        (await seal.OpenAsync(new SecretSlot(secret, false, 60_000), [], Cancellation)).Problem.ShouldBeNull();
        (await seal.OpenAsync(SecretSlot.Absent, [], Cancellation)).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Extending_the_retention_of_a_sealed_retired_secret_is_detected()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
        await instance.Ring.RotateAsync(Cancellation);
        var fields = (await redis.CliAsync("HGETALL", RingName)).Split('\n').Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        var retired = fields.Single(field => field.Key.StartsWith("retired:", StringComparison.Ordinal));

        await redis.CommandAsync("HSET", RingName, retired.Key, $"9999999999999:{retired.Value.Split(':', 2)[1]}");

        await Eventually.TrueAsync(() => instance.Provider.Health().DegradedReason?.Contains("was changed or moved from another place", StringComparison.Ordinal) == true, "the change is reported");
    }

    [Fact]
    public async Task An_unchanged_secret_is_not_sealed_again_and_keeps_its_TTL()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
        var before = await redis.StoredAsync();
        await redis.CommandAsync("EXPIRE", SecretName, 5000);

        await Eventually.TrueAsync(async () => (await instance.Ring.GetAsync(Cancellation)).Version > 1, "the shortened TTL is detected");

        (await redis.StoredAsync()).ShouldBe(before);
        (await redis.PttlAsync(SecretName)).ShouldBeInRange(4_000_000, 5_000_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",$EVAL=,$EVALSHA=")]
    public async Task A_TTL_shortened_by_an_operator_is_kept_when_the_secret_is_sealed_again(string disabledCommands)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using (await Instance.StartWarmAsync(redis.ConnectionString, With(A)))
        {
        }

        var options = new RewtOptions { Redis = redis.ConnectionString + disabledCommands, ServiceName = "orders" };
        var seal = new SecretSeal(options, SealingKeys.TryRead([B, A], out _), TimeProvider.System);
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var store = new RedisRingStore(new RedisConnection(services, options, TimeProvider.System), options, seal, TimeProvider.System);
        var before = await redis.GetAsync(SecretName);
        // A last write of the stopped instance may still arrive after the read, on a busy machine. The change is then refused.
        await Eventually.TrueAsync(
            async () =>
            {
                var reading = await store.ReadAsync(Cancellation);
                await redis.CommandAsync("EXPIRE", SecretName, 100);
                var change = new RingChange(RingAction.Tidy, reading.Ring! with { Version = reading.Ring.Version + 1 }, null, null, ImmutableDictionary<KeyId, StoreTime>.Empty);
                return await store.TryApplyAsync(reading, change, Cancellation);
            },
            "the ring is sealed again");

        (await redis.GetAsync(SecretName)).ShouldNotBe(before);
        (await redis.PttlAsync(SecretName)).ShouldBeInRange(1, 100_000);
    }

    [Theory]
    [InlineData("SET", "rewt:rewt-secret", "{rewt:rewt-secret}:ring current")]
    [InlineData("HSET", "{rewt:rewt-secret}:ring next", "rewt:rewt-secret")]
    [InlineData("HSET", "{rewt:rewt-secret}:ring current", "{rewt:rewt-secret}:ring next")]
    [InlineData("HSET", "{rewt:rewt-secret}:ring retired:x", "{rewt:rewt-secret}:ring current")]
    [InlineData("SET", "rewt:rewt-secret", "other:rewt-secret")]
    [InlineData("SET", "rewt:rewt-secret", "changed")]
    public async Task A_moved_or_changed_sealed_secret_is_refused_and_Redis_is_not_changed(string command, string to, string from)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using (await Instance.StartWarmAsync(redis.ConnectionString, With(A)))
        await using (await Instance.StartWarmAsync(redis.ConnectionString, options => (options.Sealing.Keys, options.Namespace) = ([A], "other")))
        {
        }

        var text = from == "changed" ? Changed((await redis.GetAsync(SecretName))!) : from.Split(' ') is [var hash, var field] ? await redis.CliAsync("HGET", hash, field) : await redis.GetAsync(from);
        if (to.EndsWith("retired:x", StringComparison.Ordinal)) text = $"9999999999999:{text}";
        await redis.CommandAsync([command, .. to.Split(' '), text!, .. command == "SET" ? new object[] { "KEEPTTL" } : []]);
        var before = await redis.DumpAsync();

        await using var instance = Instance.Start(redis.ConnectionString, With(A));

        var error = await Should.ThrowAsync<RewtKeysUnavailableException>(instance.SignAsync);
        error.Message.ShouldContain("is sealed, but was changed or moved from another place");
        error.Message.ShouldContain("Rewt:Sealing:Keys");
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.Ring.RotateAsync(Cancellation));
        (await redis.DumpAsync()).ShouldBe(before);

        static string Changed(string text) => text[..^4] + (text[^4] == 'A' ? 'B' : 'A') + text[^3..];
    }

    public static TheoryData<string?, string> UnusableSealingKeys => new() { { null, "has no sealing key" }, { NewKey(), "which this process does not have" } };

    [Theory]
    [MemberData(nameof(UnusableSealingKeys))]
    public async Task An_instance_without_the_sealing_key_returns_503_and_writes_nothing(string? key, string expected)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var sealing = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
        await using var withoutKey = await TestService.StartAsync(
            redis.ConnectionString,
            settings: options => (options.Sealing.Keys, options.RefreshInterval) = (key is null ? [] : [key], TimeSpan.FromMilliseconds(300)),
            configure: builder => builder.Services.AddHealthChecks().AddRewtCheck());

        using var answer = await withoutKey.CallAsync(await sealing.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation));

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        (await Should.ThrowAsync<RewtKeysUnavailableException>(async () => await withoutKey.Ring.GetAsync(Cancellation))).Message.ShouldContain("Rewt:Sealing:Keys");
        var health = (await withoutKey.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation)).Entries["rewt"];
        health.Status.ShouldBe(HealthStatus.Unhealthy);
        foreach (var text in new[] { health.Description!, withoutKey.Log.Text }) text.ShouldSatisfyAllConditions(() => text.ShouldContain(expected), () => text.ShouldContain("Rewt:Sealing:Keys"));
        await Eventually.TrueAsync(() => withoutKey.Services.GetRequiredService<DoctorReports>().Of("rewt").Any(finding => finding.Code == "unusable-secret" && finding.Text.Contains("Rewt:Sealing:Keys", StringComparison.Ordinal)), "the doctor names the setting");

        // The fleet rotates, and the instance without the key still revokes, adopts and rotates nothing.
        var token = await sealing.SignAsync();
        await sealing.Ring.RotateAsync(Cancellation);
        (await sealing.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        var before = await redis.DumpAsync();
        foreach (var change in new Func<Task>[] { () => withoutKey.Ring.RotateAsync(Cancellation), async () => await withoutKey.Ring.RevokeAsync(await sealing.CurrentAsync(), Cancellation), () => withoutKey.Services.GetRequiredService<KeyRingRegistry>().ReadNowAsync(Cancellation) })
        {
            await Record.ExceptionAsync(change);
            (await redis.DumpAsync()).ShouldBe(before);
        }

        // An expired secret would normally cause a rotation.
        await sealing.DisposeAsync();
        await redis.DelAsync(SecretName);
        var withoutSecret = await redis.DumpAsync();
        await withoutKey.Services.GetRequiredService<KeyRingRegistry>().ReadNowAsync(Cancellation);
        (await redis.DumpAsync()).ShouldBe(withoutSecret);
    }

    [Fact]
    public async Task Tenant_keys_are_derived_from_a_sealed_secret()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var signer = await TenantService.StartAsync(redis, With(A));
        await using var receiver = await TenantService.StartAsync(redis, With(A));
        var token = await signer.SignAsync("acme");

        (await receiver.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
        await signer.Tenants.RevokeTenantAsync("acme", Cancellation);

        await Eventually.TrueAsync(async () => await receiver.StatusAsync("acme", token) == HttpStatusCode.Unauthorized, "the revocation of the tenant is detected");
        (await redis.StoredAsync()).ShouldAllBe(text => IsSealed(text));
    }

    [Fact]
    public async Task The_doctor_names_the_instances_that_lack_a_sealing_key()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
        await using var ahead = await Instance.StartWarmAsync(redis.ConnectionString, With(B, A));
        await Eventually.TrueAsync(async () => (await InstancesAsync(redis)).Count == 2, "both instances are registered");

        var finding = (await FindingsAsync(first)).Where(finding => finding.Code == "sealing-keys-differ").ShouldHaveSingleItem();

        finding.Severity.ShouldBe(FindingSeverity.Warning);
        finding.Text.ShouldSatisfyAllConditions(
            text => text.ShouldContain($"{first.Provider.Tracker.Instance} cannot open"),
            text => text.ShouldNotContain($"{ahead.Provider.Tracker.Instance} cannot open"),
            text => text.ShouldContain("Sealing:Keys"));
        string.Join(" ", await InstancesAsync(redis)).ShouldSatisfyAllConditions(text => text.ShouldNotContain(A[..12]), text => text.ShouldNotContain(B[..12]));

        await first.DisposeAsync();
        (await FindingsAsync(ahead)).ShouldNotContain(finding => finding.Code == "sealing-keys-differ");
    }

    [Fact]
    public async Task The_doctor_reports_when_sealing_is_completely_on_or_off()
    {
        await using var redis = await RedisServer.StartAsync();
        await using (await Instance.StartWarmAsync(redis.ConnectionString))
        {
        }

        await using (var unsealed = await Instance.StartWarmAsync(redis.ConnectionString, options => (options.Sealing.Keys, options.Sealing.WriteUnsealed) = ([A], true)))
        {
            (await TextAsync(unsealed, "unsealed")).ShouldContain("Sealing:WriteUnsealed and Sealing:Keys can be removed");

            await using var sealing = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
            await sealing.Ring.RotateAsync(Cancellation);
            await Eventually.TrueAsync(async () => (await InstancesAsync(redis)).Count == 2, "both instances are registered");
            (await TextAsync(sealing, "sealing-keys")).ShouldContain($"{unsealed.Provider.Tracker.Instance} does not seal");
            await unsealed.Provider.ReadNowAsync(Cancellation);
            (await TextAsync(unsealed, "sealing-keys")).ShouldContain("stored secrets are still sealed");
        }

        await using var last = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
        var text = await TextAsync(last, "sealed");
        text.ShouldContain("Sealing:RequireSealed can be set");
        (await FindingsAsync(last)).ShouldNotContain(finding => finding.Code == "sealing-keys" || finding.Code == "unsealed");

        static async Task<string> TextAsync(Instance instance, string code) => (await FindingsAsync(instance)).Where(finding => finding.Code == code).ShouldHaveSingleItem().Text;
    }

    private static string RandomText(int length) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(length))[..length];

    private static async Task<IReadOnlyList<Finding>> FindingsAsync(Instance instance) => (await instance.Provider.Doctor!.ExamineAsync(Cancellation)).Findings;

    private static async Task<IReadOnlyList<string>> InstancesAsync(RedisServer redis) =>
        (await redis.CliAsync("ZRANGE", "{rewt:rewt-secret}:instances", "0", "-1")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
