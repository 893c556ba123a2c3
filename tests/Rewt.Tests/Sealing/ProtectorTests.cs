using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rewt.Tests.Repository.Snippets;
using Rewt.Tests.Ring;
using static Rewt.Tests.Sealing.SealedFleet;

namespace Rewt.Tests.Sealing;

/// <summary>Tests a secret protector of the application: when it is called, and the effects of its failure.</summary>
public sealed class ProtectorTests
{
    private static readonly IRewtSecretProtector Keys = SealingKeys.TryRead([A], out _)!;

    [Fact]
    public async Task Requests_and_reads_of_an_unchanged_ring_do_not_call_the_protector()
    {
        await using var redis = await RedisServer.StartAsync();
        var protector = new ScriptedProtector(Keys);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, protector: protector);
        await instance.Provider.ReadNowAsync(Cancellation);
        var calls = protector.Calls;

        for (var round = 0; round < 20; round++)
        {
            await instance.Provider.ReadNowAsync(Cancellation);
            (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None);
        }

        protector.Calls.ShouldBe(calls);
        (await redis.StoredAsync()).ShouldAllBe(text => IsSealed(text));
        await instance.Ring.RotateAsync(Cancellation);
        await instance.Provider.ReadNowAsync(Cancellation);
        (protector.Calls - calls).ShouldBe(4, "the secret and the current, pending and retired entries are sealed; an instance does not open what it has sealed itself");
    }

    [Theory]
    [InlineData("fails", "failed (HttpRequestException)")]
    [InlineData("hangs", "did not answer within 3 s")]
    public async Task Known_keys_stay_in_use_while_the_protector_is_unavailable(string failure, string expected)
    {
        await using var redis = await RedisServer.StartAsync();
        var protector = new ScriptedProtector(Keys);
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString, protector: new ScriptedProtector(Keys));
        await using var service = await TestService.StartAsync(
            redis.ConnectionString,
            settings: options => options.RefreshInterval = TimeSpan.FromMilliseconds(300),
            configure: builder =>
            {
                builder.Services.AddSingleton<IRewtSecretProtector>(protector);
                builder.Services.AddHealthChecks().AddRewtCheck();
            });
        var token = await service.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        var known = (await service.Ring.GetAsync(Cancellation)).Current!.KeyId;
        protector.Before = () => failure == "hangs" ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Cancellation) : throw new HttpRequestException("no route to the key service");

        await other.Ring.RotateAsync(Cancellation);
        var health = default(HealthReportEntry);
        await Eventually.TrueAsync(async () => (health = await CheckAsync(service)).Status == HealthStatus.Degraded, "the failure is reported");

        health.Description!.ShouldContain(expected);
        (await service.CallAsync(token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.CallAsync(await service.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.Ring.GetAsync(Cancellation)).Current!.KeyId.ShouldBe(known);
        service.Log.Text.ShouldContain(expected);

        protector.Before = () => Task.CompletedTask;
        await Eventually.TrueAsync(async () => (await service.Ring.GetAsync(Cancellation)).Current!.KeyId != known, "the rotation is detected");
        await Eventually.TrueAsync(async () => (health = await CheckAsync(service)).Status == HealthStatus.Healthy, () => $"the service is healthy: {health.Description}");
        (await service.CallAsync(await other.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_revocation_takes_effect_while_the_protector_is_unavailable()
    {
        await using var redis = await RedisServer.StartAsync();
        var protector = new ScriptedProtector(Keys);
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.RefreshInterval = TimeSpan.FromMilliseconds(300), protector: protector);
        var (token, leaked) = (await other.SignAsync(), await other.CurrentAsync());
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        protector.Before = () => throw new HttpRequestException("no route to the key service");

        await other.Ring.RevokeAsync(leaked, Cancellation);

        await Eventually.TrueAsync(() => instance.Provider.Known!.Revoked.ContainsKey(KeyId.Parse(leaked)), "the revocation arrives");
        instance.Provider.Known!.Known(null, KeyId.Parse(leaked), ClockReading.Now(TimeProvider.System)).ShouldBeEmpty();
        protector.Before = () => Task.CompletedTask;
        await Eventually.TrueAsync(async () => (await instance.Ring.GetAsync(Cancellation)).Current?.KeyId == await other.CurrentAsync(), "the protector recovers");
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
    }

    [Theory]
    [InlineData("a rotation is due")]
    [InlineData("a pending key is missing")]
    [InlineData("an earlier write has failed")]
    public async Task A_retired_key_can_be_revoked_while_the_protector_is_unavailable(string state)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        var (protector, time) = (new ScriptedProtector(Keys), new ShiftedTimeProvider());
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, time: time, protector: protector);
        var (token, leaked) = (await instance.SignAsync(), await instance.CurrentAsync());
        await instance.Ring.RotateAsync(Cancellation);
        (await instance.StateOfAsync(leaked)).ShouldBe(RewtKeyState.Retired);
        await instance.Provider.ReadNowAsync(Cancellation);
        protector.Before = () => throw new HttpRequestException("no route to the key service");
        if (state == "a rotation is due")
        {
            await redis.CommandAsync("EVAL", "redis.call('HSET', KEYS[1], 'deadline', 1) redis.call('PERSIST', KEYS[2])", 2, RingName, SecretName);
        }
        else if (state == "a pending key is missing")
        {
            await redis.CommandAsync("HDEL", RingName, "next");
        }
        else
        {
            await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.Ring.RotateAsync(Cancellation));
        }

        await instance.Ring.RevokeAsync(leaked, Cancellation);

        (await instance.StateOfAsync(leaked)).ShouldBe(RewtKeyState.Revoked);
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
        protector.Before = () => Task.CompletedTask;
        // For ten seconds after a failure, writes that need the protector fail at once.
        time.Shift = TimeSpan.FromSeconds(10);
        await Eventually.TrueAsync(async () => (await instance.Ring.GetAsync(Cancellation)).Keys.Any(key => key.State == RewtKeyState.Pending), "the protector recovers");
        (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_protector_that_blocks_its_thread_delays_no_call()
    {
        await using var redis = await RedisServer.StartAsync();
        var protector = new ScriptedProtector(Keys);
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
        await using var slow = await Instance.StartWarmAsync(redis.ConnectionString, options => options.RefreshInterval = TimeSpan.FromSeconds(30), protector: protector);
        using var opened = new ManualResetEventSlim();
        protector.Before = () =>
        {
            opened.Wait(Cancellation);
            return Task.CompletedTask;
        };
        await other.Ring.RotateAsync(Cancellation);

        var reading = slow.Provider.ReadNowAsync(Cancellation);
        reading.IsCompleted.ShouldBeFalse();
        (await slow.VerifyAsync(await slow.SignAsync())).ShouldBe(RewtRefusal.None);

        opened.Set();
        await reading;
        await Eventually.TrueAsync(async () => await slow.CurrentAsync() == await other.CurrentAsync(), "the new key is known");
    }

    [Fact]
    public async Task A_protector_that_does_not_return_blocks_at_most_two_threads()
    {
        var time = new FakeTimeProvider();
        var empty = Rings.Read(SecretSlot.Absent, null);
        var stored = await new SecretSeal(new RewtOptions(), Keys, time).SealAsync(empty, Rings.Decide(empty).Plan!, [], Cancellation);
        using var returned = new ManualResetEventSlim();
        var protector = new ScriptedProtector(Keys)
        {
            Before = () =>
            {
                returned.Wait(Cancellation);
                return Task.CompletedTask;
            },
        };
        var seal = new SecretSeal(new RewtOptions(), protector, time);

        for (var read = 1; read <= 5; read++)
        {
            var reading = OpenAsync();
            await Eventually.TrueAsync(() => reading.IsCompleted || protector.Calls == read, "the protector is called");
            time.Advance(TimeSpan.FromSeconds(3));
            await Should.ThrowAsync<SecretProtectorException>(() => reading);
        }

        protector.Calls.ShouldBe(2);
        returned.Set();
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(OpenAsync) is null, "the secret is opened after the calls have returned");

        Task OpenAsync() => seal.OpenAsync(new SecretSlot(stored.Secret, false, 1000), [], Cancellation);
    }

    [Fact]
    public async Task A_service_that_starts_while_its_protector_is_unavailable_returns_503_and_recovers()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
        var before = await redis.DumpAsync();
        var protector = new ScriptedProtector(Keys) { Before = () => throw new TimeoutException("the key service") };
        await using var service = await TestService.StartAsync(redis.ConnectionString, configure: builder => builder.Services.AddSingleton<IRewtSecretProtector>(protector));
        var token = await other.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);

        using var answer = await service.CallAsync(token);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldNotBeNull();
        (await redis.DumpAsync()).ShouldBe(before);
        protector.Before = () => Task.CompletedTask;
        await Eventually.TrueAsync(async () => (await service.CallAsync(token)).StatusCode == HttpStatusCode.OK, "the protector recovers");
    }

    [Fact]
    public async Task The_doctor_reports_missing_sealing_keys_only_for_instances_without_a_protector()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var keys = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
        await using var protector = await Instance.StartWarmAsync(redis.ConnectionString, protector: new ScriptedProtector(Keys));
        await Eventually.TrueAsync(async () => (await keys.Provider.Tracker.ReadAsync(Cancellation))!.Count == 2, "both instances are registered");

        var finding = (await keys.Provider.Doctor!.ExamineAsync(Cancellation)).Findings.Where(finding => finding.Code == "sealing-keys-differ").ShouldHaveSingleItem();

        finding.Text.ShouldContain($"{keys.Provider.Tracker.Instance} cannot open what {protector.Provider.Tracker.Instance} seals,");
    }

    [Fact]
    public async Task A_slow_protector_delays_no_call()
    {
        await using var redis = await RedisServer.StartAsync();
        var protector = new ScriptedProtector(Keys);
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString, With(A));
        await using var slow = await Instance.StartWarmAsync(redis.ConnectionString, options => options.RefreshInterval = TimeSpan.FromSeconds(30), protector: protector);
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        protector.Before = () => opened.Task;
        await other.Ring.RotateAsync(Cancellation);
        var known = await slow.CurrentAsync();

        var reading = slow.Provider.ReadNowAsync(Cancellation);
        (await slow.VerifyAsync(await slow.SignAsync())).ShouldBe(RewtRefusal.None);
        (await slow.CurrentAsync()).ShouldBe(known);

        opened.SetResult();
        await reading;
        await Eventually.TrueAsync(async () => await slow.CurrentAsync() == await other.CurrentAsync(), "the new key is known");
    }

    [Fact]
    public async Task ASP_NET_Core_Data_Protection_can_seal_and_open_secrets()
    {
        await using var redis = await RedisServer.StartAsync();
        var provider = new EphemeralDataProtectionProvider();
        await using var signer = await Instance.StartWarmAsync(redis.ConnectionString, protector: new DataProtectionSecretProtector(provider));
        await using var receiver = await Instance.StartWarmAsync(redis.ConnectionString, protector: new DataProtectionSecretProtector(provider));
        await using var otherApplication = Instance.Start(redis.ConnectionString, protector: new DataProtectionSecretProtector(new EphemeralDataProtectionProvider()));

        (await receiver.VerifyAsync(await signer.SignAsync())).ShouldBe(RewtRefusal.None);

        (await redis.StoredAsync()).ShouldAllBe(text => IsSealed(text));
        (await Should.ThrowAsync<RewtKeysUnavailableException>(otherApplication.SignAsync)).Message.ShouldContain("the IRewtSecretProtector of this application does not open it");
    }

    [Theory]
    [InlineData("an outage", true)]
    [InlineData("the wrong keys", false)]
    public async Task An_unavailable_Data_Protection_key_store_is_an_outage_but_wrong_keys_are_not(string what, bool isOutage)
    {
        await using var redis = await RedisServer.StartAsync();
        var (isUnavailable, provider) = (false, new EphemeralDataProtectionProvider());
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString, protector: new DataProtectionSecretProtector(provider));
        // Data Protection wraps each exception of its key store.
        IRewtSecretProtector keys = new DataProtectionSecretProtector(provider), lost = new DataProtectionSecretProtector(isOutage ? UnavailableProvider() : new EphemeralDataProtectionProvider());
        var protector = new ScriptedProtector(keys) { Replacement = () => isUnavailable ? lost : null };
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.RefreshInterval = TimeSpan.FromMilliseconds(300), protector: protector);
        isUnavailable = true;

        await other.Ring.RotateAsync(Cancellation);
        await Eventually.TrueAsync(() => instance.Provider.Health().DegradedReason is not null, $"the failure is reported: {what}");

        instance.Provider.Health().CanServe.ShouldBe(isOutage, instance.Provider.Health().DegradedReason);
        instance.Provider.Health().DegradedReason!.ShouldContain(isOutage ? "failed (IOException)" : "does not open it");
    }

    private static IDataProtectionProvider UnavailableProvider()
    {
        var services = new ServiceCollection();
        services.AddDataProtection();
        services.Configure<KeyManagementOptions>(options => options.XmlRepository = new UnavailableKeyRepository());
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>();
    }

    private sealed class UnavailableKeyRepository : IXmlRepository
    {
        public IReadOnlyCollection<XElement> GetAllElements() => throw new IOException("the share is unavailable");

        public void StoreElement(XElement element, string friendlyName) => throw new IOException("the share is unavailable");
    }

    private static async Task<HealthReportEntry> CheckAsync(TestService service) =>
        (await service.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation)).Entries["rewt"];
}
