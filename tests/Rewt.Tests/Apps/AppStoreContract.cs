namespace Rewt.Tests.Apps;

/// <summary>Contains the tests that every store of trusted apps must pass. A derived class opens the store.</summary>
public abstract class AppStoreContract : IAsyncLifetime
{
    private protected IAppStore First { get; private set; } = null!;

    private protected IAppStore Second { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        await FlushAsync();
        (First, Second) = (Open(), Open());
    }

    public virtual async ValueTask DisposeAsync()
    {
        // A skipped test has opened no store.
        if (First is not null) await First.DisposeAsync();
        if (Second is not null) await Second.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_empty_store_returns_no_apps_and_no_uses()
    {
        (await First.ReadAsync(null, Cancellation)).Apps.ShouldBeEmpty();
        (await First.FindAsync("acme", Cancellation)).ShouldBe(default);
        (await First.ReadUsesAsync(["one"], Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_app_that_one_store_writes_is_read_completely_by_another()
    {
        var app = App("acme", scopes: ["orders.read", "orders.write"]) with { Name = "ünï" };
        (await First.TryWriteAsync(default, app, Cancellation)).ShouldBeTrue();

        var read = (await Second.ReadAsync(null, Cancellation)).Apps["acme"];
        (read.Name, read.Owner).ShouldBe((app.Name, app.Owner));
        read.Audiences.ShouldBe(app.Audiences);
        read.Scopes.ShouldBe(app.Scopes);
        read.Keys.Single().Hash.ShouldBe(app.Keys.Single().Hash);
        read.Keys.Single().ShouldBe(app.Keys.Single() with { Hash = read.Keys.Single().Hash });
        (await Second.FindAsync("acme", Cancellation)).App!.Keys.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_store_returns_the_same_reading_until_an_app_changes()
    {
        await First.TryWriteAsync(default, App("acme"), Cancellation);
        var reading = await Second.ReadAsync(null, Cancellation);

        (await Second.ReadAsync(reading, Cancellation)).ShouldBeSameAs(reading);
        await First.TryWriteAsync(default, App("other"), Cancellation);

        var changed = await Second.ReadAsync(reading, Cancellation);
        changed.Apps.Keys.ShouldBe(["acme", "other"], ignoreOrder: true);
        await DeleteAsync("acme");
        (await Second.ReadAsync(changed, Cancellation)).Apps.Keys.ShouldBe(["other"]);
        await FlushAsync();
        (await Second.ReadAsync(changed, Cancellation)).Apps.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_write_that_is_based_on_an_outdated_reading_is_rejected()
    {
        (await First.TryWriteAsync(default, App("acme"), Cancellation)).ShouldBeTrue();
        (await Second.TryWriteAsync(default, App("acme"), Cancellation)).ShouldBeFalse();

        var slot = await First.FindAsync("acme", Cancellation);
        (await Second.TryWriteAsync(slot, slot.App! with { Name = "second" }, Cancellation)).ShouldBeTrue();
        (await First.TryWriteAsync(slot, slot.App with { Name = "first" }, Cancellation)).ShouldBeFalse();
        (await First.FindAsync("acme", Cancellation)).App!.Name.ShouldBe("second");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"id":"other","name":"","owner":"","audiences":[],"scopes":[],"keys":[]}""")]
    [InlineData("""{"id":"acme","name":"","owner":"","audiences":[null],"scopes":[],"keys":[]}""")]
    [InlineData("""{"id":"acme","name":"","owner":"","audiences":[],"scopes":[],"keys":[null]}""")]
    [InlineData("""{"id":"acme","name":"","owner":"","audiences":[],"scopes":[],"keys":[{"id":"x","hash":"AAAA","created":1,"expires":null,"revoked":null}]}""")]
    [InlineData("""{"id":"acme","name":"","owner":"","audiences":["orders"],"scopes":[],"keys":[{"id":"AAAAAAAAAAAA","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","created":1790000000000000,"expires":null,"revoked":null}]}""")]
    [InlineData("""{"id":"acme","name":"","owner":"","audiences":["orders"],"scopes":[],"keys":[{"id":"AAAAAAAAAAAA","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","created":-1,"expires":null,"revoked":null}]}""")]
    [InlineData("""{"id":"acme","name":"","owner":"","audiences":["orders"],"scopes":[],"keys":[{"id":"AAAAAAAAAAAA","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","created":1,"expires":253402300800000,"revoked":null}]}""")]
    [InlineData("""{"id":"acme","name":"","owner":"","audiences":["orders"],"scopes":[],"keys":[{"id":"AAAAAAAAAAAA","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","created":1,"expires":null,"revoked":253402300800000}]}""")]
    public async Task An_invalid_stored_value_is_ignored_and_can_be_replaced(string value)
    {
        await First.TryWriteAsync(default, App("other"), Cancellation);
        await SetAsync("acme", value);

        (await First.ReadAsync(null, Cancellation)).Apps.Keys.ShouldBe(["other"]);
        var slot = await First.FindAsync("acme", Cancellation);
        slot.App.ShouldBeNull();
        (await First.TryWriteAsync(slot, App("acme"), Cancellation)).ShouldBeTrue();
        (await First.ReadAsync(null, Cancellation)).Apps.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_last_use_is_stored_for_each_API_key()
    {
        await First.WriteUsesAsync(new Dictionary<string, long>(StringComparer.Ordinal) { ["one"] = 1, ["two"] = 2 }, Cancellation);
        await Second.WriteUsesAsync(new Dictionary<string, long>(StringComparer.Ordinal) { ["two"] = 3 }, Cancellation);

        (await First.ReadUsesAsync(["one", "two", "three"], Cancellation)).ShouldBe(new Dictionary<string, long>(StringComparer.Ordinal) { ["one"] = 1, ["two"] = 3 }, ignoreOrder: true);
    }

    [Fact]
    public async Task An_earlier_use_does_not_replace_a_later_use()
    {
        await First.WriteUsesAsync(new Dictionary<string, long>(StringComparer.Ordinal) { ["one"] = 5, ["two"] = 5 }, Cancellation);
        await Second.WriteUsesAsync(new Dictionary<string, long>(StringComparer.Ordinal) { ["one"] = 4, ["two"] = 6 }, Cancellation);
        await Second.WriteUsesAsync(new Dictionary<string, long>(StringComparer.Ordinal) { ["two"] = 1 }, Cancellation);

        (await First.ReadUsesAsync(["one", "two", "three"], Cancellation)).ShouldBe(new Dictionary<string, long>(StringComparer.Ordinal) { ["one"] = 5, ["two"] = 6 }, ignoreOrder: true);
    }

    [Fact]
    public async Task The_last_use_of_a_key_is_removed_with_the_key()
    {
        var (app, other) = (App("acme"), App("acme"));
        await First.TryWriteAsync(default, app with { Keys = [.. app.Keys, .. other.Keys] }, Cancellation);
        await First.WriteUsesAsync(app.Keys.Concat(other.Keys).ToDictionary(key => key.Id, _ => 1L, StringComparer.Ordinal), Cancellation);

        (await First.TryWriteAsync(await First.FindAsync("acme", Cancellation), other, Cancellation)).ShouldBeTrue();

        (await First.ReadUsesAsync(app.Keys.Concat(other.Keys).Select(key => key.Id), Cancellation)).Keys.ShouldBe([other.Keys[0].Id]);
    }

    [Fact]
    public async Task A_change_of_an_app_notifies_the_other_instances()
    {
        var notifications = 0;
        await Second.SubscribeAsync(() => Interlocked.Increment(ref notifications), Cancellation);

        await First.TryWriteAsync(default, App("acme"), Cancellation);

        await Eventually.TrueAsync(() => Volatile.Read(ref notifications) > 0, "the other store is notified of the change");
    }

    private protected abstract IAppStore Open();

    protected abstract Task SetAsync(string appId, string value);

    protected abstract Task DeleteAsync(string appId);

    protected abstract Task FlushAsync();

    private protected static AppEntry App(string id, string[]? scopes = null)
    {
        var hash = ApiKeyFormat.Hash(ApiKeyFormat.Create(id));
        return new AppEntry(id, "Acme \"mobile\" <app>", "ops@acme.example", ["orders", "inventory"], scopes ?? [], [new AppKey(ApiKeyFormat.KeyIdOf(hash), hash, 1, 2, null)]);
    }
}
