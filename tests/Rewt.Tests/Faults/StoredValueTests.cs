namespace Rewt.Tests.Faults;

/// <summary>Tests values that were not written by an instance, and servers that are not Redis.</summary>
public sealed class StoredValueTests
{
    private const string Key = "rewt:rewt-secret";
    [Theory]
    [InlineData("empty", "the value is empty")]
    [InlineData("short", "the value has 31 bytes, fewer than 32")]
    [InlineData("not UTF-8", "the value is not UTF-8 text")]
    [InlineData("huge", "the value has more than 4096 bytes")]
    public async Task An_invalid_secret_in_Redis_is_rejected_and_not_overwritten(string kind, string problem)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var token = await instance.SignAsync();

        if (kind == "huge") await redis.CommandAsync("SETRANGE", Key, 100_000_000, "x");
        else await redis.SetAsync(Key, kind switch { "empty" => [], "short" => new byte[31], _ => [.. Enumerable.Repeat((byte)0xff, 40)] });
        var length = (long)(await redis.CommandAsync("STRLEN", Key))!;
        Exception? failure = null;
        await Eventually.TrueAsync(
            async () => (failure = await Record.ExceptionAsync(() => instance.SignAsync()))?.Message.Contains(problem, StringComparison.Ordinal) == true, problem);
        failure!.Message.ShouldContain(Key);

        await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.VerifyAsync(token));
        ((long)(await redis.CommandAsync("STRLEN", Key))!).ShouldBe(length);
        await redis.DelAsync(Key);
        await instance.WaitUntilHealthyAsync();
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
    }

    [Fact]
    public async Task A_Redis_key_of_another_type_is_rejected_and_not_overwritten()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await redis.CommandAsync("RPUSH", Key, "a", "b");
        await using var instance = Instance.Start(redis.ConnectionString);

        (await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.SignAsync())).Message.ShouldContain("the value is not a string");
        (await redis.CliAsync("LRANGE", Key, "0", "-1")).ShouldBe("a\nb");
        (await redis.DbSizeAsync()).ShouldBe(1);
        await redis.DelAsync(Key);
        await instance.WaitUntilHealthyAsync();
    }

    [Theory]
    [InlineData("a line, and then a newline, as a file has at its end\n")]
    [InlineData("  spaces in front and behind it, and   in   the middle  ")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8+/w==")]
    [InlineData("🔑🔑🔑🔑🔑🔑🔑🔑")]
    public async Task The_UTF8_bytes_of_the_stored_text_are_the_signing_key(string secret)
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.SetAsync(Key, secret, TimeSpan.FromHours(1));
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);

        var token = await instance.SignAsync();
        var dot = token.LastIndexOf('.');
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(token[..dot]));

        token[(dot + 1)..].ShouldBe(Base64Url.EncodeToString(expected));
        (await redis.GetAsync(Key)).ShouldBe(secret);
        (await redis.PttlAsync(Key)).ShouldBeInRange(3_500_000, 3_600_000);
    }

    [Fact]
    public async Task A_removed_time_to_live_is_restored_and_logged()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var before = await instance.CurrentAsync();

        await redis.CommandAsync("PERSIST", Key);
        await Eventually.TrueAsync(async () => await redis.PttlAsync(Key) > 0, "the time to live is restored");

        (await instance.CurrentAsync()).ShouldBe(before);
        await Eventually.TrueAsync(
            () => instance.Log.Text.Contains("Warning RingChanged: Key ring rewt: RestoreTimeToLive", StringComparison.Ordinal),
            "the change is logged");
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("$104857600\r\n")]
    [InlineData("*1000000\r\n$3\r\nfoo\r\n")]
    [InlineData("\0\u0001\u0002\u0003 garbage")]
    public async Task A_server_that_is_not_Redis_costs_a_bounded_amount_of_memory(string answer)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var listener = new TcpListener(IPAddress.Loopback, FreePort.Next());
        listener.Start();
        using var stopping = new CancellationTokenSource();
        var serving = ServeAsync(listener, Encoding.Latin1.GetBytes(answer), stopping.Token);
        await using (var instance = Instance.Start($"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"))
        {
            await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.SignAsync());
            await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.SignAsync());
        }

        await stopping.CancelAsync();
        await serving;
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(400_000_000);
    }

    private static async Task ServeAsync(TcpListener listener, byte[] answer, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(cancellationToken);
                try
                {
                    var stream = client.GetStream();
                    if (await stream.ReadAsync(new byte[1024], cancellationToken) == 0) continue;
                    await stream.WriteAsync(answer, cancellationToken);
                    if (answer[0] == '$') await stream.WriteAsync(new byte[100 * 1024 * 1024], cancellationToken);
                }
                catch (IOException)
                {
                    // The client closed the connection.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test has ended.
        }
    }
}
