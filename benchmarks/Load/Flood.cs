using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Rewt.Load;

/// <summary>
/// Compares the p99 latency of valid calls during a flood of tokens with unknown key ids or issuers with the latency without a flood. Another process sends the
/// flood.
/// </summary>
internal static class Flood
{
    /// <summary>The name of the measurement that sends the flood; started by <see cref="RunAsync"/> only.</summary>
    public const string Sender = "flood-sender";

    private const string KeyIds = "key-ids";

    private const string Issuers = "issuers";

    /// <summary>
    /// Measures Rewt and, with the same tokens, JwtBearer with a static key, which uses no store. Before the first measurement, each host receives a flood, so
    /// that its code is compiled. Under <c>taskset -c 0</c>, the receiver and the valid calls have one processor, and the sender of the flood has the others.
    /// </summary>
    public static async Task RunAsync(int rounds, TimeSpan duration, int count, TextWriter output)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var rewt = await LoadHost.RewtAsync(redis.Address);
        await using var pairs = await LoadHost.RewtAsync(redis.Address, configure: builder => builder.Services.Configure<RewtOptions>(options => options.KeyMode = KeyMode.KeyPair));
        await using var peer = await LoadHost.JwtBearerAsync();
        var seconds = Math.Max(1, (int)duration.TotalSeconds);
        Row[] rows =
        [
            new("JwtBearer, burst of unknown key ids", peer, KeyIds, count, 0),
            new("JwtBearer, stream of unknown key ids", peer, KeyIds, count, count / seconds),
            new("JwtBearer, unknown issuers", peer, Issuers, count * 6, count * 6 / seconds),
            new("Rewt, burst of unknown key ids", rewt, KeyIds, count, 0),
            new("Rewt, stream of unknown key ids", rewt, KeyIds, count, count / seconds),
            new("Rewt, stream of unknown key ids, Redis hangs", rewt, KeyIds, count * 2, count * 2 / seconds) { IsRedisHung = true },
            new("Rewt with key pairs, unknown issuers", pairs, Issuers, count * 6, count * 6 / seconds),
        ];
        foreach (var host in new[] { peer, rewt, pairs })
        {
            await Generator.ThroughputAsync(host, duration);
            await MeasureAsync(rows.First(row => row.Host == host), duration);
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var row in rows)
            {
                var quiet = P99(await CallAsync(row.Host, duration));
                if (row.IsRedisHung) await redis.SuspendAsync();
                var before = (Commands: row.IsRedisHung ? 0 : await redis.CommandsAsync(), At: TimeProvider.System.GetTimestamp());
                var (withFlood, during, answers) = await MeasureAsync(row, duration);
                var commands = row.IsRedisHung ? 0 : (await redis.CommandsAsync() - before.Commands) / TimeProvider.System.GetElapsedTime(before.At).TotalSeconds;
                if (row.IsRedisHung) await redis.ResumeAsync();
                row.Ratios.Add(withFlood / quiet);
                output.WriteLine($"{row.Name} ({answers}): p99 of valid calls {withFlood:0.00} ms, quiet {quiet:0.00} ms, ratio {withFlood / quiet:0.0}; {during}; {commands:0} Redis commands a second");
            }
        }

        foreach (var row in rows) output.WriteLine($"{row.Name}: p99 of valid calls with and without a flood, ratio, median of {rounds}: {Numbers.Median(row.Ratios):0.0} (target for Rewt: at most 5)");
    }

    /// <summary>Makes valid calls while another process sends a flood.</summary>
    /// <returns>The p99 latency in milliseconds of all valid calls, that of the calls sent until the last answer to the flood, and these answers.</returns>
    private static async Task<(double P99, string During, string Answers)> MeasureAsync(Row row, TimeSpan duration)
    {
        using var sender = StartSender(row.Host.Address.ToString(), row.Kind, $"{row.Count}", $"{row.PerSecond}");
        await sender.StandardOutput.ReadLineAsync();
        var flood = AnswersAsync(sender.StandardOutput);
        var calls = await CallAsync(row.Host, duration);
        var (answers, ended) = await flood;
        await sender.WaitForExitAsync();
        var during = calls.Where(call => call.Sent < ended).Select(call => call.Latency).ToList();
        return (P99(calls), string.Create(CultureInfo.InvariantCulture, $"of the {during.Count} until the last answer to the flood {Numbers.Quantile(during, 0.99):0.00} ms"), answers);
    }

    private static async Task<(string Answers, long Ended)> AnswersAsync(TextReader output) => ((await output.ReadToEndAsync()).Trim(), TimeProvider.System.GetTimestamp());

    /// <summary>Sends tokens with unknown key ids or issuers, all at once or at a given rate.</summary>
    public static async Task SendAsync(Uri address, string kind, int count, int perSecond)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = perSecond > 0 ? 8_000 : 1_000 };
        using var client = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        var tokens = Enumerable.Range(0, count).Select(_ => UnknownToken(kind == Issuers)).ToList();
        await client.GetAsync(new Uri("/work", UriKind.Relative));
        Console.WriteLine("ready");
        var calls = new List<Task<HttpStatusCode>>();
        foreach (var token in tokens)
        {
            calls.Add(StatusAsync(client, token));
            if (perSecond > 0 && calls.Count % Math.Max(1, perSecond / 50) == 0) await Task.Delay(20);
        }

        var statuses = await Task.WhenAll(calls);
        Console.WriteLine(string.Join(", ", statuses.GroupBy(status => (int)status).Order(Comparer<IGrouping<int, HttpStatusCode>>.Create((one, other) => one.Key - other.Key)).Select(group => $"{group.Key}: {group.Count()}")));
    }

    /// <summary>
    /// Sends about 200 calls a second, even if earlier calls have not been answered, so that a pause of the receiver delays many calls instead of one. A separate
    /// thread sends them, because the flood occupies the thread pool.
    /// </summary>
    /// <returns>The time at which each call was sent, and its latency in milliseconds.</returns>
    private static async Task<IReadOnlyList<(long Sent, double Latency)>> CallAsync(LoadHost host, TimeSpan duration)
    {
        using var client = new HttpClient { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(host.Authorization!);
        await Generator.CallAsync(client);
        var calls = new List<Task<(long, double)>>();
        await Task.Factory.StartNew(
            () =>
            {
                for (var began = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(began) < duration;)
                {
                    calls.Add(LatencyAsync(client));
#pragma warning disable RS0030 // This is not a thread of the pool, and the real time is measured.
                    Thread.Sleep(5);
#pragma warning restore RS0030
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return await Task.WhenAll(calls);
    }

    private static double P99(IEnumerable<(long Sent, double Latency)> calls) => Numbers.Quantile([.. calls.Select(call => call.Latency)], 0.99);

    private static async Task<(long Sent, double Latency)> LatencyAsync(HttpClient client)
    {
        var sent = TimeProvider.System.GetTimestamp();
        await Generator.CallAsync(client);
        return (sent, TimeProvider.System.GetElapsedTime(sent).TotalMilliseconds);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/work", UriKind.Relative)) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }

    private static string UnknownToken(bool hasUnknownIssuer)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var (algorithm, issuer, signature) = hasUnknownIssuer ? ("ES256", $"s{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(9))}", 64) : ("HS256", "inventory", 32);
        var keyId = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(hasUnknownIssuer ? 32 : 16));
        var header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}","typ":"rewt+jwt","kid":"{{keyId}}"}"""));
        var payload = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"iss":"{{issuer}}","aud":"inventory","iat":{{now}},"exp":{{now + 60}},"jti":"1"}"""));
        return $"{header}.{payload}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(signature))}";
    }

    /// <summary>Starts the sender of the flood. If this process is restricted to the first processor, the sender uses the others.</summary>
    private static Process StartSender(params string[] arguments)
    {
        string[] command = [Environment.ProcessPath!, .. Host(), Sender, .. arguments];
        if (OperatingSystem.IsLinux() && Environment.ProcessorCount == 1) command = ["taskset", "--cpu-list", "1-63", .. command];
        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, UseShellExecute = false })!;
    }

    /// <summary>Returns the path of the assembly if the program of the process is <c>dotnet</c>.</summary>
    private static string[] Host() => Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? [typeof(Flood).Assembly.Location] : [];

    /// <summary>A flood during valid calls to one host.</summary>
    private sealed record Row(string Name, LoadHost Host, string Kind, int Count, int PerSecond)
    {
        public bool IsRedisHung { get; init; }

        public List<double> Ratios { get; } = [];
    }
}
