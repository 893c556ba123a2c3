namespace Rewt.Tests.Faults;

/// <summary>Represents an instance of a service without HTTP, which signs and verifies with the keys in Redis.</summary>
public sealed class Instance : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private Instance(ServiceProvider services, CapturedLog log) => (_services, Log) = (services, log);

    public CapturedLog Log { get; }

    public IRewtKeyRing Ring => _services.GetRequiredService<IRewtKeyRing>();

    public IRewtTokens Tokens => _services.GetRequiredService<IRewtTokens>();

    public IRewtSignedData Data => _services.GetRequiredService<IRewtSignedData>();

    internal KeyRingProvider Provider => _services.GetRequiredService<KeyRingRegistry>().Provider(_services.GetRequiredKeyedService<RewtOptions>(string.Empty).Namespace);

    /// <summary>Starts an instance with a refresh interval of half a second, without waiting for its keys.</summary>
    public static Instance Start(string redis, Action<RewtOptions>? settings = null, TimeProvider? time = null, IRewtSecretProtector? protector = null)
    {
        var services = new ServiceCollection();
        var log = new CapturedLog();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log));
        if (time is not null) services.AddSingleton(time);
        if (protector is not null) services.AddSingleton(protector);
        services.AddRewtKeys(options =>
        {
            (options.Redis, options.ServiceName, options.RefreshInterval) = (redis, "fault", TimeSpan.FromMilliseconds(500));
            settings?.Invoke(options);
        });
        var instance = new Instance(services.BuildServiceProvider(), log);
        instance._services.GetRequiredService<KeyRingRegistry>().StartAll();
        return instance;
    }

    /// <summary>Starts an instance and waits until it has its keys.</summary>
    public static async Task<Instance> StartWarmAsync(string redis, Action<RewtOptions>? settings = null, TimeProvider? time = null, IRewtSecretProtector? protector = null)
    {
        var instance = Start(redis, settings, time, protector);
        await instance.WaitUntilHealthyAsync();
        return instance;
    }

    /// <summary>Waits until this instance has announced itself, which is the last step of its startup.</summary>
    public Task WaitUntilAnnouncedAsync() => Eventually.TrueAsync(
        async () => (await Provider.Tracker.ReadAsync(Cancellation))!.Any(heartbeat => heartbeat.Instance == Provider.Tracker.Instance), "the instance has announced itself");

    /// <summary>Reads Redis. A read that fails on a slow machine is repeated.</summary>
    public Task ReadAsync() => Eventually.TrueAsync(async () => await Provider.ReadNowAsync(Cancellation) is not null, "the key ring is read");

    public async Task<string> CurrentAsync() => (await Ring.GetAsync(Cancellation)).Current!.KeyId;

    public Task<string> SignAsync() => SignAsync("content");

    public Task<string> SignAsync(string text) => Data.SignTextAsync(text, Cancellation);

    public async Task<RewtRefusal> VerifyAsync(string token) => (await Data.VerifyAsync(token, Cancellation)).Refusal;

    public async Task<bool> VerifiesAsync(string token) => await VerifyAsync(token) == RewtRefusal.None;

    /// <summary>Waits until this instance refuses the token because of its key.</summary>
    public Task WaitUntilRefusedAsync(string token) => Eventually.TrueAsync(async () => await VerifyAsync(token) == RewtRefusal.StaleKey, "the token is refused");

    public async Task<RewtKeyState?> StateOfAsync(string keyId) =>
        (await Ring.GetAsync(Cancellation)).Keys.FirstOrDefault(key => key.KeyId == keyId)?.State;

    /// <summary>Waits until this instance can sign and verify.</summary>
    public Task WaitUntilHealthyAsync() => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                return await VerifyAsync(await SignAsync()) == RewtRefusal.None;
            }
            catch (RewtKeysUnavailableException)
            {
                return false;
            }
        },
        "the instance signs and verifies");

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();
}
