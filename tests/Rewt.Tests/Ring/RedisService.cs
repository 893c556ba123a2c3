namespace Rewt.Tests.Ring;

/// <summary>A service without HTTP, registered as an application registers it.</summary>
internal sealed class RedisService : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public RedisService(RedisServer server, Action<RewtOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddRewt(options =>
        {
            options.Redis = server.ConnectionString;
            options.ServiceName = "orders";
            options.RefreshInterval = TimeSpan.FromMilliseconds(300);
            configure?.Invoke(options);
        });
        _services = services.BuildServiceProvider();
    }

    public IRewtKeyRing Ring => _services.GetRequiredService<IRewtKeyRing>();

    public IRewtTokens Tokens => _services.GetRequiredService<IRewtTokens>();

    public Task<RewtKeyRing> ReadAsync() => Ring.GetAsync(TestContext.Current.CancellationToken);

    public async Task<string> CurrentAsync() => (await ReadAsync()).Current!.KeyId;

    public Task<string> SignAsync(string text = "hello") => Tokens.SignAsync(text, TestContext.Current.CancellationToken);

    public async Task<bool> VerifiesAsync(string token) => (await Tokens.VerifyAsync(token, TestContext.Current.CancellationToken)).IsValid;

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
