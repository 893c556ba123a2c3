namespace Rewt.Tests.Apps;

public sealed class InMemoryAppStoreTests : AppStoreContract
{
    private readonly InMemoryAppStore _store = new();

    private protected override IAppStore Open() => _store;

    protected override Task SetAsync(string appId, string value)
    {
        _store.Set(appId, Encoding.UTF8.GetBytes(value));
        return Task.CompletedTask;
    }

    protected override Task DeleteAsync(string appId)
    {
        _store.Delete(appId);
        return Task.CompletedTask;
    }

    protected override Task FlushAsync()
    {
        _store.Flush();
        return Task.CompletedTask;
    }
}
