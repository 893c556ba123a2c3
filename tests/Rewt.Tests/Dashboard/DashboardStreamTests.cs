namespace Rewt.Tests.Dashboard;

/// <summary>Tests the stream of snapshots and the content of the snapshots.</summary>
public sealed class DashboardStreamTests
{
    [Fact]
    public async Task The_stream_sends_snapshots_continuously_and_shows_a_rotation()
    {
        await using var host = await DashboardService.StartAsync();
        var first = await host.WarmAsync();
        using var stream = await SnapshotStream.OpenAsync(host);
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
    public async Task The_traffic_history_covers_the_last_15_minutes_without_a_viewer()
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
    public async Task A_stopping_application_ends_open_streams()
    {
        await using var host = await DashboardService.StartAsync();
        using var stream = await SnapshotStream.OpenAsync(host);
        await stream.NextAsync();

        // Otherwise the host would wait 30 seconds for open requests and then abort them, which is not a regular end of the stream.
        var stopping = host.StopAsync(Cancellation);
        (await stream.EndsAsync()).ShouldBeTrue();
        await stopping;
    }

    [Fact]
    public async Task A_stream_above_the_limit_per_user_or_in_total_is_refused_with_503()
    {
        await using var host = await DashboardService.StartAsync();
        var streams = new List<SnapshotStream>();
        try
        {
            const int Users = Rewt.Internal.DashboardStream.MaximumStreams / Rewt.Internal.DashboardStream.MaximumStreamsOfUser;
            for (var user = 0; user <= Users; user++)
            {
                host.Http.DefaultRequestHeaders.Remove("user");
                host.Http.DefaultRequestHeaders.Add("user", $"ops-{user}");
                for (var number = 0; user < Users && number < Rewt.Internal.DashboardStream.MaximumStreamsOfUser; number++)
                {
                    streams.Add(await SnapshotStream.OpenAsync(host));
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
                using var again = await SnapshotStream.OpenAsync(host);
                return again.Answer.StatusCode == HttpStatusCode.OK;
            },
            "a stream can be opened again");
    }

    [Fact]
    public async Task Users_whose_names_differ_only_in_characters_outside_ASCII_have_separate_limits()
    {
        await using var host = await DashboardService.StartAsync();
        var streams = new List<SnapshotStream>();
        try
        {
            foreach (var name in new[] { "ops-\u00c4", "ops-\u00d6" })
            {
                host.Http.DefaultRequestHeaders.Remove("user");
                host.Http.DefaultRequestHeaders.Add("user", Uri.EscapeDataString(name));
                for (var number = 0; number < Rewt.Internal.DashboardStream.MaximumStreamsOfUser; number++)
                {
                    streams.Add(await SnapshotStream.OpenAsync(host));
                    streams[^1].Answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                }
            }
        }
        finally
        {
            streams.ForEach(stream => stream.Dispose());
        }
    }

    [Fact]
    public async Task A_stream_ends_when_the_login_expires()
    {
        await using var host = await DashboardService.StartAsync();
        host.Http.DefaultRequestHeaders.Add(TestUserHandler.ExpiresHeader, "1");
        using var stream = await SnapshotStream.OpenAsync(host);

        (await stream.EndsAsync()).ShouldBeTrue();
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_stream_ends_when_the_policy_no_longer_admits_its_user()
    {
        var isAllowed = true;
        await using var host = await DashboardService.StartAsync(policy: null, configure: builder => builder.Services.AddAuthorization(options =>
            options.AddPolicy("RewtDashboard", policy => policy.AddAuthenticationSchemes(TestUserHandler.Name).RequireAssertion(_ => Volatile.Read(ref isAllowed)))));
        using var stream = await SnapshotStream.OpenAsync(host);
        await stream.NextAsync();

        Volatile.Write(ref isAllowed, false);

        (await stream.EndsAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_snapshot_counts_only_the_traffic_of_its_own_instance()
    {
        await using var host = await DashboardService.StartAsync();
        await using var other = await DashboardService.StartAsync();
        await host.WarmAsync();
        var validToken = await host.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        var wrongAudience = await host.Tokens.CreateBearerAsync("shipping", cancellationToken: Cancellation);

        foreach (var token in new[] { validToken, validToken, wrongAudience }) (await host.CallAsync(token, "/secure")).Dispose();

        var traffic = (await host.SnapshotAsync()).GetProperty("traffic");
        traffic.GetProperty("verified").GetProperty("valid").GetInt64().ShouldBe(2);
        traffic.GetProperty("verified").GetProperty("bad_audience").GetInt64().ShouldBe(1);
        traffic.GetProperty("signed").GetInt64().ShouldBe(2);
        (await other.SnapshotAsync()).GetProperty("traffic").GetProperty("verified").EnumerateObject().ShouldBeEmpty();
    }

    [Fact]
    public async Task Outdated_instances_are_marked_and_malicious_names_are_escaped_or_hidden()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await DashboardService.StartAsync(redis.ConnectionString);
        await host.WarmAsync();
        var now = (await host.RingAsync()).GetProperty("now").GetInt64();
        // Entries that no instance can have, followed by a valid one. Their time is in the future because instances that are silent for long are removed.
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
            "both instances are listed and this one has reported its key ring");

        instances[0].GetProperty("name").GetString().ShouldBe("<img src=x onerror=alert(1)>");
        instances[0].GetProperty("isBehind").GetBoolean().ShouldBeTrue();
        instances[1].GetProperty("isThis").GetBoolean().ShouldBeTrue();
        instances[1].GetProperty("seenAt").GetInt64().ShouldBeInRange(now - 120_000, now + 120_000);
        (await host.Http.GetStringAsync(new Uri("/rewt/snapshot", UriKind.Relative), Cancellation)).ShouldNotContain("<img");
    }

    [Fact]
    public async Task Responses_of_the_dashboard_contain_no_secret_and_no_token()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await DashboardService.StartAsync(redis.ConnectionString);
        var current = await host.WarmAsync();
        var bearer = await host.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        var secrets = await Secrets.ReadAsync(redis);
        var sent = new StringBuilder();

        using (var stream = await SnapshotStream.OpenAsync(host))
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

    /// <summary>Represents an open stream that is read event by event.</summary>
    private sealed class SnapshotStream : IDisposable
    {
        private readonly StreamReader _lines;

        private SnapshotStream(HttpResponseMessage answer, StreamReader lines) => (Answer, _lines) = (answer, lines);

        public HttpResponseMessage Answer { get; }

        /// <summary>Gets all lines that have been read.</summary>
        public List<string> Lines { get; } = [];

        public static async Task<SnapshotStream> OpenAsync(TestService host)
        {
            var answer = await host.Http.GetAsync(new Uri("/rewt/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
            return new SnapshotStream(answer, new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation)));
        }

        public async Task<JsonElement> NextAsync()
        {
            while (await ReadAsync() is { } line)
            {
                if (line.StartsWith("data: ", StringComparison.Ordinal)) return JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]);
            }

            throw new InvalidOperationException("The stream has ended.");
        }

        /// <summary>Reads to the regular end of the stream. Throws if the stream is aborted.</summary>
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
