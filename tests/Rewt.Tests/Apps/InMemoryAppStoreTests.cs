namespace Rewt.Tests.Apps;

public sealed class InMemoryAppStoreTests : AppStoreContract
{
    private readonly InMemoryAppStore _store = new();

    private protected override IAppStore Open() => _store;

    protected override Task SetAsync(string appId, string value) => AsTask(() => _store.Set(appId, Encoding.UTF8.GetBytes(value)));

    protected override Task DeleteAsync(string appId) => AsTask(() => _store.Delete(appId));

    protected override Task FlushAsync() => AsTask(() => _store.Flush());
}
