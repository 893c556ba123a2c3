using Microsoft.Extensions.Logging.Abstractions;
using Rewt.Tests.PublicKeys;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Tests keys in a file that is replaced while the service runs.</summary>
public sealed class KeyFileTests : IAsyncDisposable
{
    private static readonly string First = PublicKey.From(JwkRows.P256).KeyId.ToString();
    private static readonly string Second = PublicKey.From(JwkRows.P384).KeyId.ToString();

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
    public async Task A_replaced_file_is_read_at_the_next_refresh()
    {
        await RefreshAsync();
        IsKnown(First).ShouldBeTrue();

        _directory.Write("auth.pem", JwkRows.P384.ExportSubjectPublicKeyInfoPem());
        await RefreshAsync();

        IsKnown(First).ShouldBeFalse();
        IsKnown(Second).ShouldBeTrue();
    }

    [Fact]
    public async Task An_unchanged_key_remains_the_same_object()
    {
        await RefreshAsync();
        var key = _snapshot!.Known(null, KeyId.Parse(First), ClockReading.Now(_time))![0];
        await RefreshAsync();
        _snapshot.Known(null, KeyId.Parse(First), ClockReading.Now(_time))![0].ShouldBeSameAs(key);

        _directory.Write("auth.pem", JwkRows.P384.ExportSubjectPublicKeyInfoPem() + "\n" + JwkRows.P256.ExportSubjectPublicKeyInfoPem());
        await RefreshAsync();

        _snapshot.Known(null, KeyId.Parse(First), ClockReading.Now(_time))![0].ShouldBeSameAs(key);
        IsKnown(Second).ShouldBeTrue();
    }

    [Theory]
    [InlineData(null, "does not exist")]
    [InlineData("half a fi", "cannot be used")]
    public async Task The_keys_of_an_unreadable_file_remain_valid_for_the_stale_budget(string? content, string problem)
    {
        await RefreshAsync();
        if (content is null) File.Delete(_path);
        else _directory.Write("auth.pem", content);

        await RefreshAsync();
        IsKnown(First).ShouldBeTrue();
        _snapshot!.DegradedReason.ShouldNotBeNull().ShouldContain(problem);
        _snapshot.UnresolvedReason(null, null).ShouldNotBeNull();
        _snapshot.Problem.ShouldBeNull();

        _time.Advance(TimeSpan.FromMinutes(11));
        await RefreshAsync();
        IsKnown(First).ShouldBeFalse();
        _snapshot.Problem.ShouldNotBeNull().ShouldContain(problem);
    }

    [Theory]
    [InlineData(false, "No key from this source is known.")]
    [InlineData(true, "The known keys stay in use until the stale budget ends.")]
    public async Task The_log_of_an_unreadable_file_states_whether_keys_are_known(bool isKnown, string expected)
    {
        var log = new CapturedLog();
        await using var source = new ConfiguredKeySource(new RewtOptions { ServiceName = "inventory", VerificationKeys = [_path] }, null, _time, log);
        if (isKnown) await ReadAsync();
        File.Delete(_path);

        await ReadAsync();
        await Eventually.TrueAsync(async () => await ReadAsync() && log.Text.Contains("KeySourceUnavailable", StringComparison.Ordinal), "the failure is logged");

        log.Text.ShouldContain(expected);
        log.Text.Contains("stay in use", StringComparison.Ordinal).ShouldBe(isKnown);

        async Task<bool> ReadAsync() => await source.UpdateAsync(null, null, Cancellation) is not null;
    }

    [Fact]
    public async Task A_failing_key_source_does_not_affect_other_key_sources()
    {
        var other = _directory.Write("other.pem", JwkRows.P384.ExportSubjectPublicKeyInfoPem());
        await using var source = new ConfiguredKeySource(
            new RewtOptions { ServiceName = "inventory", VerificationKeys = [_path, other], StaleBudget = TimeSpan.FromMinutes(1) }, null, _time, NullLogger.Instance);
        File.Delete(_path);

        var snapshot = (await source.UpdateAsync(null, null, Cancellation))!;

        snapshot.Problem.ShouldBeNull();
        snapshot.Known("auth", KeyId.Parse(Second), ClockReading.Now(_time)).ShouldNotBeNull();
        snapshot.Known("auth", KeyId.Parse(First), ClockReading.Now(_time)).ShouldBeNull();
        snapshot.UnresolvedReason(null, null).ShouldNotBeNull();
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _directory.Dispose();
    }

    private async Task RefreshAsync() => _snapshot = (ConfiguredKeysSnapshot?)await _source.UpdateAsync(_snapshot, null, Cancellation);

    private bool IsKnown(string keyId) => _snapshot!.Known("auth", KeyId.Parse(keyId), ClockReading.Now(_time)) is { Count: > 0 };
}
