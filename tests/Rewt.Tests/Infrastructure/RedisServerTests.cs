namespace Rewt.Tests.Infrastructure;

public sealed class RedisServerTests
{
    [Theory]
    [InlineData(RedisServerKind.Real)]
    [InlineData(RedisServerKind.Garnet)]
    public async Task A_started_server_is_empty_and_keeps_what_it_is_given(RedisServerKind kind)
    {
        await using var server = await RedisServer.StartAsync(kind);

        (await server.DbSizeAsync()).ShouldBe(0);
        (await server.GetAsync("text")).ShouldBeNull();
        (await server.PttlAsync("text")).ShouldBe(-2);
        await server.SetAsync("text", "grüße");
        await server.SetAsync("bytes", [0xff, 0x00, 0x0d, 0x0a], TimeSpan.FromMinutes(1));

        (await server.GetAsync("text")).ShouldBe("grüße");
        (await server.PttlAsync("text")).ShouldBe(-1);
        (await server.GetBytesAsync("bytes")).ShouldBe([0xff, 0x00, 0x0d, 0x0a]);
        (await server.PttlAsync("bytes")).ShouldBeInRange(1, 60_000);
        (await server.DelAsync("text", "missing")).ShouldBe(1);
        await server.FlushAllAsync();
        (await server.DbSizeAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData(RedisServerKind.Real)]
    [InlineData(RedisServerKind.Garnet)]
    public async Task A_killed_server_refuses_connections_and_comes_back_empty_on_its_port(RedisServerKind kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        var port = server.Port;
        await server.SetAsync("key", "value");

        await server.KillAsync();
        await Should.ThrowAsync<SocketException>(() => server.GetAsync("key"));
        await server.RestartAsync();

        server.Port.ShouldBe(port);
        (await server.DbSizeAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData(RedisServerKind.Real)]
    [InlineData(RedisServerKind.Garnet)]
    public async Task A_stopped_server_answers_once_it_continues(RedisServerKind kind)
    {
        await using var server = await RedisServer.StartAsync(kind);

        await server.StopProcessAsync();
        var reply = server.CliAsync("PING");
        await Should.ThrowAsync<TimeoutException>(() => reply.WaitAsync(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancellation));
        await server.ContinueProcessAsync();

        (await reply).ShouldBe("PONG");
    }

    [Fact]
    public async Task Replies_of_all_kinds_are_read()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync();

        (await client.CommandAsync("INCRBY", "number", -3)).ShouldBe(-3L);
        (await client.CommandAsync("RPUSH", "list", "a", "b")).ShouldBe(2L);
        (await client.CommandAsync("MULTI")).ShouldBe("OK");
        (await client.CommandAsync("LRANGE", "list", 0, -1)).ShouldBe("QUEUED");
        (await client.CommandAsync("INCR", "list")).ShouldBe("QUEUED");
        var replies = (object?[])(await client.CommandAsync("EXEC"))!;

        replies[0].ShouldBe(new object[] { "a", "b" });
        replies[1].ShouldBeOfType<RespException>().Message.ShouldStartWith("WRONGTYPE");
        (await server.CliAsync("LRANGE", "list", "0", "-1")).ShouldBe("a\nb");
        await Should.ThrowAsync<RespException>(() => client.CommandAsync("NOSUCHCOMMAND"));
        (await client.CommandAsync("PING")).ShouldBe("PONG");
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why()
    {
        Require.RealRedis();

        var error = await Should.ThrowAsync<InvalidOperationException>(
            () => RedisServer.StartAsync(RedisServerKind.Real, "--no-such-option", "1"));

        error.Message.ShouldContain("no-such-option");
    }

    [Theory]
    [InlineData(RedisServerKind.Real)]
    [InlineData(RedisServerKind.Garnet)]
    public async Task A_server_that_was_given_back_serves_the_next_test_empty_unless_a_test_changed_more_than_its_keys(RedisServerKind kind)
    {
        var first = await RedisServer.StartAsync(kind);
        var changed = await RedisServer.StartAsync(kind);
        await first.SetAsync("key", "value");
        await changed.CommandAsync("CONFIG", "GET", "maxmemory");
        await first.DisposeAsync();
        await changed.DisposeAsync();

        await Should.ThrowAsync<SocketException>(() => changed.CliAsync("PING"));
        await using var next = await RedisServer.StartAsync(kind);
        (await next.DbSizeAsync()).ShouldBe(0);
        if (kind == RedisServerKind.Real) (await next.CommandCountsAsync()).Keys.ShouldNotContain("set");
    }
}
