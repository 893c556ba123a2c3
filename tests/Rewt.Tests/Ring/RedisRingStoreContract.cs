using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Ring;

/// <summary>Tests a ring store on a Redis server: the common contract and data that only a server can contain.</summary>
public abstract class RedisRingStoreContract(RedisServerFixture fixture) : RingStoreContract
{
    private const string SecretKey = "rewt:rewt-secret";
    private const string RingKey = "{rewt:rewt-secret}:ring";
    private const string RevokedKey = "{rewt:rewt-secret}:dead";

    private static readonly RingSchedule Schedule = RingSchedule.From(new RewtOptions());

    // This clock stands still, because time limits are not tested here and a busy machine would exceed them.
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    private RedisServer Server => fixture.Server;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_secret_of_another_Redis_type_is_reported_and_not_overwritten()
    {
        await CreateAsync();
        var basis = await ReadAsync();
        await Server.DelAsync(SecretKey);
        await Server.CommandAsync("RPUSH", SecretKey, "a", "b");

        var reading = await ReadAsync();
        reading.Slot.ShouldBe(SecretSlot.WrongType);
        reading.Ring.ShouldNotBeNull();
        (await First.TryApplyAsync(basis, Plan(basis, "second"), Cancellation)).ShouldBeFalse();
        (await First.TryApplyAsync(reading, Plan(reading, "second"), Cancellation)).ShouldBeFalse();

        (await Server.CliAsync("LRANGE", SecretKey, "0", "-1")).ShouldBe("a\nb");
    }

    [Theory]
    [InlineData("epoch", "")]
    [InlineData("epoch", "ff80ff")]
    [InlineData("version", "")]
    [InlineData("version", "6d616e79")]
    [InlineData("version", "2d31")]
    [InlineData("version", "39323233333732303336383534373735383037")]
    [InlineData("deadline", "39323233333732303336383534373735383037")]
    [InlineData("deadline", "")]
    [InlineData("current", "ff80ff")]
    [InlineData("next", "73686f7274")]
    [InlineData("next", "the current secret")]
    [InlineData("retired:anything", "the current secret")]
    [InlineData("retired:anything", "39393939393939393939393939")]
    [InlineData("born", "6e6f74206120646179")]
    [InlineData("unheard of", "ff")]
    public async Task An_invalid_value_in_a_field_of_the_ring_is_repaired(string field, string hex)
    {
        await UpdateAsync();
        var secret = await Server.GetBytesAsync(SecretKey);
        var value = hex == "the current secret" ? secret! : Convert.FromHexString(hex);
        if (field == "retired:anything" && hex == "the current secret") value = [.. "9999999999999:"u8, .. value];

        await Server.CommandAsync("HSET", RingKey, field, value);

        await ShouldBeRepairedAsync(secret!);
    }

    [Theory]
    [InlineData("SET", "text")]
    [InlineData("RPUSH", "item")]
    public async Task A_ring_of_another_Redis_type_is_repaired(string command, string value)
    {
        await UpdateAsync();
        var secret = await Server.GetBytesAsync(SecretKey);
        await Server.DelAsync(RingKey);
        await Server.CommandAsync(command, RingKey, value);

        await ShouldBeRepairedAsync(secret!);
    }

    [Fact]
    public async Task Invalid_fields_and_revocations_are_ignored()
    {
        await UpdateAsync();
        var secret = await Server.GetBytesAsync(SecretKey);
        await Server.CommandAsync("HSET", RingKey, new byte[] { 0xff }, "one", new byte[] { 0xfe }, "two");
        await Server.CommandAsync("ZADD", RevokedKey, "+inf", new byte[] { 0xff }, "-inf", new byte[] { 0xfe }, 12.5, "");

        await ShouldBeRepairedAsync(secret!);
    }

    [Fact]
    public async Task Malformed_revoked_key_ids_are_ignored()
    {
        await CreateAsync();
        await Server.CommandAsync("ZADD", RevokedKey, "+inf", "\u001b[31mred\r\nforged line", "+inf", new string('a', 1_000_000), "+inf", Rings.KeyId("possible").ToString());

        var keys = (await ReadAsync()).Revoked.Keys;

        keys.ShouldContain(Rings.KeyId("possible"));
        keys.ShouldAllBe(keyId => keyId.IsOfSecret);
    }

    [Fact]
    public async Task At_most_ten_thousand_revoked_key_ids_are_read()
    {
        await CreateAsync();
        await Server.CommandAsync("ZADD", RevokedKey, 9_999_999_999_999, Rings.KeyId("possible").ToString());
        for (var batch = 0; batch < 2; batch++)
        {
            await Server.CommandAsync(["ZADD", RevokedKey, .. Enumerable.Range(0, 10_000).SelectMany(_ => new object[] { "+inf", RandomKeyId() })]);
        }

        var keys = (await ReadAsync()).Revoked.Keys;

        keys.Count().ShouldBe(10_000);
        keys.ShouldContain(Rings.KeyId("possible"));

        static string RandomKeyId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
    }

    [Fact]
    public async Task A_remembered_revocation_beyond_those_that_are_read_causes_no_write()
    {
        var updater = new RingUpdater("rewt", First, Schedule, TimeProvider.System, NullLogger.Instance);
        var first = (await updater.UpdateAsync(null, reading => RotationPolicy.Revoke(reading, Schedule, Rings.KeyId("leaked"), Secret.Generate), Cancellation))!;
        var earlier = first.Reading.Now.Milliseconds + 3_600_000;
        await Server.CommandAsync(["ZADD", RevokedKey, .. Enumerable.Range(0, 10_000).SelectMany(number => new object[] { earlier, $"entry {number}" })]);
        _time.Advance(TimeSpan.FromSeconds(30));

        var second = (await updater.UpdateAsync(first, null, Cancellation))!;

        second.Version.ShouldBe(first.Version);
        second.Revoked.Keys.ShouldContain(Rings.KeyId("leaked"));
        second.Reading.Revoked.Keys.ShouldNotContain(Rings.KeyId("leaked"));
    }

    [Fact]
    public async Task A_revocation_added_directly_in_Redis_is_read_after_thirty_seconds()
    {
        await CreateAsync();
        await ReadAsync();
        await Server.CommandAsync("ZADD", RevokedKey, 9_999_999_999_999, Rings.KeyId("by hand").ToString());
        _time.Advance(TimeSpan.FromSeconds(30));

        (await ReadAsync()).Revoked.Keys.ShouldContain(Rings.KeyId("by hand"));
    }

    [Fact]
    public async Task Revocations_are_read_again_when_a_failover_replaces_a_write_of_the_same_version()
    {
        await CreateAsync();
        await Server.CommandAsync("ZADD", RevokedKey, 9_999_999_999_999, Rings.KeyId("lost").ToString());
        _time.Advance(TimeSpan.FromSeconds(30));
        (await ReadAsync()).Revoked.Keys.ShouldContain(Rings.KeyId("lost"));
        await Server.CommandAsync("ZREM", RevokedKey, Rings.KeyId("lost").ToString());
        await Server.CommandAsync("ZADD", RevokedKey, 9_999_999_999_999, Rings.KeyId("kept").ToString());
        await Server.CommandAsync("HSET", RingKey, "by", "another instance");

        var revoked = (await ReadAsync()).Revoked.Keys;
        revoked.ShouldContain(Rings.KeyId("kept"));
        revoked.ShouldNotContain(Rings.KeyId("lost"));
    }

    [Fact]
    public async Task Revocations_of_another_Redis_type_prevent_writes_and_are_reported_with_their_key()
    {
        await CreateAsync();
        var basis = await ReadAsync();
        await Server.DelAsync(RevokedKey);
        await Server.SetAsync(RevokedKey, "text");
        var secret = await Server.GetAsync(SecretKey);

        await Should.ThrowAsync<StackExchange.Redis.RedisServerException>(() => First.TryApplyAsync(basis, Plan(basis, "second"), Cancellation));

        (await Server.GetAsync(SecretKey)).ShouldBe(secret);
        var error = await Should.ThrowAsync<InvalidOperationException>(ReadAsync);
        error.Message.ShouldContain(RevokedKey);
        error.Message.ShouldContain("Delete it with DEL");
    }

    private protected override IRingStore Open()
    {
        var options = new RewtOptions { Redis = Server.ConnectionString };
        return new RedisRingStore(new RedisConnection(_services, options, _time), options, new SecretSeal(options, null, _time), _time);
    }

    protected override Task SetAsync(byte[] value, TimeSpan? ttl) => Server.SetAsync(SecretKey, value, ttl);

    protected override Task DeleteAsync() => Server.DelAsync(SecretKey);

    protected override Task ExpireAsync(TimeSpan? ttl) => ttl is { } time
        ? Server.CommandAsync("PEXPIRE", SecretKey, (long)time.TotalMilliseconds)
        : Server.CommandAsync("PERSIST", SecretKey);

    protected override Task FlushAsync() => Server.FlushAllAsync();

    protected override async Task<long> ServerTimeAsync()
    {
        var parts = (await Server.CliAsync("TIME")).Split('\n').Select(part => long.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return (parts[0] * 1000) + (parts[1] / 1000);
    }

    private async Task ShouldBeRepairedAsync(byte[] secret)
    {
        var snapshot = await UpdateAsync();

        snapshot.Problem.ShouldBeNull();
        snapshot.Current!.Secret.CopyBytes().ShouldBe(secret);
        snapshot.ToKeys().Count(key => key.State == RewtKeyState.Current).ShouldBe(1);
        snapshot.Next!.KeyId.ShouldNotBe(snapshot.Current.KeyId);
        (await Server.GetBytesAsync(SecretKey)).ShouldBe(secret);
        (await Server.PttlAsync(SecretKey)).ShouldBeInRange(1, (long)TimeSpan.FromDays(1).TotalMilliseconds);
        (await UpdateAsync()).Version.ShouldBe(snapshot.Version);
        var rotated = await UpdateAsync(reading => RotationPolicy.Rotate(reading, Schedule, Secret.Generate));
        rotated.Current!.KeyId.ShouldBe(snapshot.Next.KeyId);
    }

    /// <summary>Updates the ring as an instance that starts now.</summary>
    private async Task<RingSnapshot> UpdateAsync(Func<RingReading, RingChange>? command = null)
    {
        var updater = new RingUpdater("rewt", First, Schedule, TimeProvider.System, NullLogger.Instance);
        var snapshot = (await updater.UpdateAsync(null, command, Cancellation))!;
        snapshot.UntilRotation(ClockReading.Now(TimeProvider.System)).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromDays(1));
        return snapshot;
    }
}
