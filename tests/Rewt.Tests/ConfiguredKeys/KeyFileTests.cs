using Microsoft.Extensions.Logging.Abstractions;
using Rewt.Tests.PublicKeys;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Keys in a file that is replaced while the service runs.</summary>
public sealed class KeyFileTests : IAsyncDisposable
{
    private static readonly string First = PublicKey.From(JwkRows.P256).KeyId;
    private static readonly string Second = PublicKey.From(JwkRows.P384).KeyId;

    private readonly ScratchDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();
    private readonly string _path;
    private readonly ConfiguredKeySource _source;
    private ConfiguredKeysSnapshot? _snapshot;

    public KeyFileTests()
    {
        _path = _directory.Write("auth.pem", JwkRows.P256.ExportSubjectPublicKeyInfoPem());
        _source = new ConfiguredKeySource(
            new RewtOptions { ServiceName = "inventory", VerificationKeys = [_path], StaleBudget = TimeSpan.FromMinutes(10) }, null, _time, NullLogger.Instance);
    }

    [Fact]
    public async Task A_file_that_was_replaced_is_read_at_the_next_refresh()
    {
        await LookAsync();
        Known(First).ShouldBeTrue();

        _directory.Write("auth.pem", JwkRows.P384.ExportSubjectPublicKeyInfoPem());
        await LookAsync();

        Known(First).ShouldBeFalse();
        Known(Second).ShouldBeTrue();
    }

    [Fact]
    public async Task A_key_that_stays_is_the_same_object()
    {
        await LookAsync();
        var key = _snapshot!.Known(null, First, ClockReading.Now(_time))![0];
        await LookAsync();
        _snapshot.Known(null, First, ClockReading.Now(_time))![0].ShouldBeSameAs(key);

        _directory.Write("auth.pem", JwkRows.P384.ExportSubjectPublicKeyInfoPem() + "\n" + JwkRows.P256.ExportSubjectPublicKeyInfoPem());
        await LookAsync();

        _snapshot.Known(null, First, ClockReading.Now(_time))![0].ShouldBeSameAs(key);
        Known(Second).ShouldBeTrue();
    }

    [Theory]
    [InlineData(null, "does not exist")]
    [InlineData("half a fi", "cannot be used")]
    public async Task A_file_that_is_gone_or_half_written_leaves_its_keys_good_for_the_stale_budget(string? content, string trouble)
    {
        await LookAsync();
        if (content is null) File.Delete(_path);
        else _directory.Write("auth.pem", content);

        await LookAsync();
        Known(First).ShouldBeTrue();
        _snapshot!.DegradedReason.ShouldNotBeNull().ShouldContain(trouble);
        _snapshot.UnresolvedReason.ShouldNotBeNull();
        _snapshot.Problem.ShouldBeNull();

        _time.Advance(TimeSpan.FromMinutes(11));
        await LookAsync();
        Known(First).ShouldBeFalse();
        _snapshot.Problem.ShouldNotBeNull().ShouldContain(trouble);
    }

    [Fact]
    public async Task One_place_that_fails_takes_nothing_from_another()
    {
        var other = _directory.Write("other.pem", JwkRows.P384.ExportSubjectPublicKeyInfoPem());
        await using var source = new ConfiguredKeySource(
            new RewtOptions { ServiceName = "inventory", VerificationKeys = [_path, other], StaleBudget = TimeSpan.FromMinutes(1) }, null, _time, NullLogger.Instance);
        File.Delete(_path);

        var snapshot = (await source.UpdateAsync(null, null, Cancellation))!;

        snapshot.Problem.ShouldBeNull();
        snapshot.Known("auth", Second, ClockReading.Now(_time)).ShouldNotBeNull();
        snapshot.Known("auth", First, ClockReading.Now(_time)).ShouldBeNull();
        snapshot.UnresolvedReason.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_key_id_that_two_places_give_to_two_keys_names_neither()
    {
        var one = _directory.Write("one.json", JwkRows.Ec().ToJsonString());
        var two = _directory.Write("two.json", JwkRows.Ec(JwkRows.P384, ("kid", "ec-256")).ToJsonString());
        await using var source = new ConfiguredKeySource(new RewtOptions { ServiceName = "inventory", VerificationKeys = [one, two] }, null, _time, NullLogger.Instance);

        var snapshot = (await source.UpdateAsync(null, null, Cancellation))!;

        snapshot.Known("auth", "ec-256", ClockReading.Now(_time)).ShouldNotBeNull().ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _directory.Dispose();
    }

    private async Task LookAsync() => _snapshot = (ConfiguredKeysSnapshot?)await _source.UpdateAsync(_snapshot, null, Cancellation);

    private bool Known(string keyId) => _snapshot!.Known("auth", keyId, ClockReading.Now(_time)) is { Count: > 0 };
}
