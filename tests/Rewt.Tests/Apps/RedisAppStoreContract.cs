using Rewt.Tests.Ring;

namespace Rewt.Tests.Apps;

/// <summary>Apps in a server: the contract, and what only a server can hold.</summary>
public abstract class RedisAppStoreContract(RedisServerFixture fixture) : AppStoreContract
{
    private const string Key = "{rewt:rewt-secret}:apps";

    // Stands still: the time limits are not what is tested, and a busy machine exceeds them.
    private readonly FakeTimeProvider _limits = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_server_that_forgot_its_scripts_is_taught_again()
    {
        await First.TryWriteAsync(default, App("acme"), Cancellation);
        await fixture.Server.CommandAsync("SCRIPT", "FLUSH");

        (await First.TryWriteAsync(default, App("other"), Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public async Task Only_hashes_of_keys_are_in_the_server()
    {
        var app = App("acme");
        await First.TryWriteAsync(default, app, Cancellation);

        var kept = await fixture.Server.CliAsync("HGETALL", Key);

        kept.ShouldContain(Convert.ToBase64String(app.Keys[0].Hash));
        kept.ShouldNotContain("rewt_");
    }

    private protected override IAppStore Open()
    {
        var options = new RewtOptions { Redis = fixture.Server.ConnectionString };
        return new RedisAppStore(new RedisConnection(_services, options, _limits), options, _limits);
    }

    protected override Task SetAsync(string appId, string value) => fixture.Server.CommandAsync("HSET", Key, appId, value);

    protected override Task DeleteAsync(string appId) => fixture.Server.CommandAsync("HDEL", Key, appId);

    protected override Task FlushAsync() => fixture.Server.FlushAllAsync();
}
