namespace Rewt.Tests.Dashboard;

/// <summary>The stream of snapshots, and what is in them.</summary>
public sealed class DashboardStreamTests
{
    [Fact]
    public async Task Snapshots_go_on_coming_and_show_a_rotation()
    {
        await using var host = await DashboardService.StartAsync();
        var first = await host.WarmAsync();
        using var stream = await Stream.OpenAsync(host);
        stream.Answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        stream.Answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        Current(await stream.NextAsync()).ShouldBe(first);
        Current(await stream.NextAsync()).ShouldBe(first);
        stream.Lines.ShouldContain("retry: 1000");
        stream.Lines.ShouldAllBe(line => line.Length == 0 || line.StartsWith("data: {", StringComparison.Ordinal) || line == "retry: 1000");

        var second = (await host.Ring.RotateAsync(Cancellation)).Current!.KeyId;

        while (Current(await stream.NextAsync()) is { } current && current != second) current.ShouldBe(first);
    }

    [Fact]
    public async Task The_figures_of_the_last_15_minutes_are_recorded_without_a_viewer_and_no_more()
    {
        await using var host = await DashboardService.StartAsync();
        var clock = new FakeTimeProvider();
        using var history = new TrafficHistory(new TrafficCounts(host.Services), host.Services.GetRequiredService<KeyRingRegistry>(), clock);
        history.Start();

        for (var i = 0; i < 200; i++) clock.Advance(TimeSpan.FromSeconds(5));

        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        await history.AnswerAsync(context);
        var points = JsonSerializer.Deserialize<JsonElement>(((MemoryStream)context.Response.Body).ToArray()).GetProperty("points").EnumerateArray().Select(point => point.GetProperty("at").GetInt64()).ToList();
        points.Count.ShouldBe(181);
        (points[^1] - points[0]).ShouldBe((long)TimeSpan.FromMinutes(15).TotalMilliseconds);
        var served = JsonSerializer.Deserialize<JsonElement>(await host.Http.GetStringAsync(new Uri("/rewt/history", UriKind.Relative), Cancellation));
        served.GetProperty("points")[0].GetProperty("traffic").GetProperty("signed").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task The_end_of_the_application_ends_open_streams()
    {
        await using var host = await DashboardService.StartAsync();
        using var stream = await Stream.OpenAsync(host);
        await stream.NextAsync();

        // The host would wait for open requests for 30 seconds and then cut them, which is no orderly end of the stream.
        var stopping = host.StopAsync(Cancellation);
        (await stream.EndsAsync()).ShouldBeTrue();
        await stopping;
    }

    [Fact]
    public async Task Beyond_so_many_streams_of_one_user_or_of_all_the_next_is_told_to_come_again()
    {
        await using var host = await DashboardService.StartAsync();
        var streams = new List<Stream>();
        try
        {
            const int Users = Rewt.Internal.DashboardStream.MaximumStreams / Rewt.Internal.DashboardStream.MaximumStreamsOfUser;
            for (var user = 0; user <= Users; user++)
            {
                host.Http.DefaultRequestHeaders.Remove("user");
                host.Http.DefaultRequestHeaders.Add("user", $"ops-{user}");
                for (var number = 0; user < Users && number < Rewt.Internal.DashboardStream.MaximumStreamsOfUser; number++)
                {
                    streams.Add(await Stream.OpenAsync(host));
                    streams[^1].Answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                }

                using var refused = await host.Http.GetAsync(new Uri("/rewt/events", UriKind.Relative), Cancellation);
                refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
                refused.Headers.RetryAfter.ShouldNotBeNull();
            }
        }
        finally
        {
            streams.ForEach(stream => stream.Dispose());
        }

        await Eventually.TrueAsync(
            async () =>
            {
                using var again = await Stream.OpenAsync(host);
                return again.Answer.StatusCode == HttpStatusCode.OK;
            },
            "there is room again");
    }

    [Fact]
    public async Task A_stream_ends_with_the_log_in()
    {
        await using var host = await DashboardService.StartAsync();
        host.Http.DefaultRequestHeaders.Add(TestUserHandler.ExpiresHeader, "1");
        using var stream = await Stream.OpenAsync(host);

        (await stream.EndsAsync()).ShouldBeTrue();
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_stream_ends_for_whom_the_policy_lets_in_no_more()
    {
        var isOpen = true;
        await using var host = await DashboardService.StartAsync(policy: null, configure: builder => builder.Services.AddAuthorization(options =>
            options.AddPolicy("RewtDashboard", policy => policy.AddAuthenticationSchemes(TestUserHandler.Name).RequireAssertion(_ => Volatile.Read(ref isOpen)))));
        using var stream = await Stream.OpenAsync(host);
        await stream.NextAsync();

        Volatile.Write(ref isOpen, false);

        (await stream.EndsAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Calls_and_refusals_of_this_instance_are_counted_and_of_no_other()
    {
        await using var host = await DashboardService.StartAsync();
        await using var other = await DashboardService.StartAsync();
        await host.WarmAsync();
        var good = await host.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        var elsewhere = await host.Tokens.CreateBearerAsync("shipping", cancellationToken: Cancellation);

        foreach (var token in new[] { good, good, elsewhere }) (await host.CallAsync(token, "/secure")).Dispose();

        var traffic = (await host.SnapshotAsync()).GetProperty("traffic");
        traffic.GetProperty("verified").GetProperty("valid").GetInt64().ShouldBe(2);
        traffic.GetProperty("verified").GetProperty("bad_audience").GetInt64().ShouldBe(1);
        traffic.GetProperty("signed").GetInt64().ShouldBe(2);
        (await other.SnapshotAsync()).GetProperty("traffic").GetProperty("verified").EnumerateObject().ShouldBeEmpty();
    }

    [Fact]
    public async Task Instances_with_an_old_ring_are_marked_and_hostile_names_are_escaped_or_hidden()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await DashboardService.StartAsync(redis.ConnectionString);
        await host.WarmAsync();
        var now = (await host.RingAsync()).GetProperty("now").GetInt64();
        // Names that no instance can have, and last one that could be. Later than now, for an instance that was silent for long is forgotten.
        await redis.CommandAsync("ZADD", "{rewt:rewt-secret}:instances", "+inf", "orders/eternal|other|3");
        foreach (var name in new[] { $"orders/{new string('a', 400)}", "orders/a\u202Eb\u0007c", "<img src=x onerror=alert(1)>" })
        {
            await redis.CommandAsync("ZADD", "{rewt:rewt-secret}:instances", now + 3_600_000, name + "|other|3");
        }

        var instances = new List<JsonElement>();
        await Eventually.TrueAsync(
            async () =>
            {
                instances = [.. (await host.RingAsync()).GetProperty("instances").EnumerateArray()];
                return instances.Count == 2 && !instances[1].GetProperty("isBehind").GetBoolean();
            },
            "both are told, and this one has said what it holds");

        instances[0].GetProperty("name").GetString().ShouldBe("<img src=x onerror=alert(1)>");
        instances[0].GetProperty("isBehind").GetBoolean().ShouldBeTrue();
        instances[1].GetProperty("isThis").GetBoolean().ShouldBeTrue();
        instances[1].GetProperty("seenAt").GetInt64().ShouldBeInRange(now - 120_000, now + 120_000);
        (await host.Http.GetStringAsync(new Uri("/rewt/snapshot", UriKind.Relative), Cancellation)).ShouldNotContain("<img");
    }

    [Fact]
    public async Task Nothing_that_goes_out_holds_a_secret_or_a_token()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await DashboardService.StartAsync(redis.ConnectionString);
        var current = await host.WarmAsync();
        var bearer = await host.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        var secrets = await Secrets.ReadAsync(redis);
        var sent = new StringBuilder();

        using (var stream = await Stream.OpenAsync(host))
        {
            sent.Append((await stream.NextAsync()).GetRawText());
            sent.Append((await host.CommandAsync("rotate", new { })).Answer.GetRawText());
            secrets.UnionWith(await Secrets.ReadAsync(redis));
            sent.Append((await host.CommandAsync("revoke", new { keyId = current })).Answer.GetRawText());
            sent.Append((await stream.NextAsync()).GetRawText());
        }

        foreach (var path in new[] { "/rewt", "/rewt/dashboard.js", "/rewt/dashboard.css", "/rewt/snapshot" }) sent.Append(await host.Http.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation));

        secrets.Count.ShouldBeGreaterThanOrEqualTo(3);
        var text = sent.ToString();
        text.ShouldContain(current);
        foreach (var secret in secrets) text.ShouldNotContain(secret);
        text.ShouldNotContain(bearer.Split('.')[2]);
        text.ShouldNotMatch(@"eyJ[\w-]{10,}\.eyJ");
    }

    private static string? Current(JsonElement snapshot) => DashboardService.KeyIn(snapshot.GetProperty("rings")[0], "current");

    /// <summary>An open stream, read event by event.</summary>
    private sealed class Stream : IDisposable
    {
        private readonly StreamReader _lines;

        private Stream(HttpResponseMessage answer, StreamReader lines) => (Answer, _lines) = (answer, lines);

        public HttpResponseMessage Answer { get; }

        /// <summary>All lines up to now.</summary>
        public List<string> Lines { get; } = [];

        public static async Task<Stream> OpenAsync(TestService host)
        {
            var answer = await host.Http.GetAsync(new Uri("/rewt/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
            return new Stream(answer, new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation)));
        }

        public async Task<JsonElement> NextAsync()
        {
            while (await ReadAsync() is { } line)
            {
                if (line.StartsWith("data: ", StringComparison.Ordinal)) return JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]);
            }

            throw new InvalidOperationException("The stream has ended.");
        }

        /// <summary>Reads on to the orderly end; one that is cut off throws.</summary>
        public async Task<bool> EndsAsync()
        {
            while (await ReadAsync() is not null)
            {
            }

            return true;
        }

        public void Dispose()
        {
            _lines.Dispose();
            Answer.Dispose();
        }

        private async Task<string?> ReadAsync()
        {
            var line = await _lines.ReadLineAsync(Cancellation);
            if (line is not null) Lines.Add(line);
            return line;
        }
    }
}
