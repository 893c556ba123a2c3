using Rewt.Tests.Ring;

namespace Rewt.Tests.Apps;

/// <summary>Contains the tests of stores of trusted apps on a server.</summary>
public abstract class RedisAppStoreContract(RedisServerFixture fixture) : AppStoreContract
{
    private const string Key = "{rewt:rewt-secret}:apps";

    // This clock does not advance: a slow machine would exceed the time limits, which are not tested here.
    private readonly FakeTimeProvider _clock = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_write_succeeds_after_the_server_has_lost_its_scripts()
    {
        await First.TryWriteAsync(default, App("acme"), Cancellation);
        await fixture.Server.CommandAsync("SCRIPT", "FLUSH");

        (await First.TryWriteAsync(default, App("other"), Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public async Task The_server_stores_only_the_hashes_of_API_keys()
    {
        var app = App("acme");
        await First.TryWriteAsync(default, app, Cancellation);

        var stored = await fixture.Server.CliAsync("HGETALL", Key);

        stored.ShouldContain(Convert.ToBase64String(app.Keys[0].Hash));
        stored.ShouldNotContain("rewt_");
    }

    private protected override IAppStore Open()
    {
        var options = new RewtOptions { Redis = fixture.Server.ConnectionString };
        return new RedisAppStore(new RedisConnection(_services, options, _clock), options, _clock);
    }

    protected override Task SetAsync(string appId, string value) => fixture.Server.CommandAsync("HSET", Key, appId, value);

    protected override Task DeleteAsync(string appId) => fixture.Server.CommandAsync("HDEL", Key, appId);

    protected override Task FlushAsync() => fixture.Server.FlushAllAsync();
}
