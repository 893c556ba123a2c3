using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Rewt.Load;

/// <summary>Compares the p99 latency of valid calls beside a flood of tokens with unknown key ids with that of quiet calls. The flood comes from another process.</summary>
internal static class Flood
{
    /// <summary>The name of the measurement that sends the flood; started by <see cref="RunAsync"/> only.</summary>
    public const string Sender = "flood-sender";

    /// <summary>
    /// Measures Rewt and, with the same tokens, JwtBearer with a static key, which asks no store. The two take turns, and each has answered a flood before: its
    /// code is compiled. Under <c>taskset -c 0</c>, the receiver and the valid calls have one processor, and the sender of the flood has the others.
    /// </summary>
    public static async Task RunAsync(int rounds, TimeSpan duration, int count, TextWriter output)
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var rewt = await LoadHost.RewtAsync(redis.Address);
        await using var peer = await LoadHost.JwtBearerAsync();
        (string Name, LoadHost Host)[] hosts = [("JwtBearer", peer), ("Rewt", rewt)];
        (string Name, int PerSecond)[] floods = [("burst", 0), ("stream", count / Math.Max(1, (int)duration.TotalSeconds))];
        foreach (var (_, host) in hosts) await Generator.ThroughputAsync(host, duration);
        foreach (var (_, host) in hosts) await BesideAsync(host, duration, count, 0);

        var results = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, host) in hosts)
            {
                var quiet = P99(await CallAsync(host, duration));
                foreach (var (flood, perSecond) in floods)
                {
                    var before = (Commands: await redis.CommandsAsync(), At: TimeProvider.System.GetTimestamp());
                    var (beside, during, answers) = await BesideAsync(host, duration, count, perSecond);
                    var commands = (await redis.CommandsAsync() - before.Commands) / TimeProvider.System.GetElapsedTime(before.At).TotalSeconds;
                    var kind = $"{name}, {flood} of {count} unknown key ids";
                    if (!results.TryGetValue(kind, out var ratios)) results[kind] = ratios = [];
                    ratios.Add(beside / quiet);
                    output.WriteLine($"{kind} ({answers}): p99 of valid calls {beside:0.00} ms, quiet {quiet:0.00} ms, ratio {beside / quiet:0.0}; {during}; {commands:0} Redis commands a second");
                }
            }
        }

        foreach (var (kind, ratios) in results) output.WriteLine($"{kind}: p99 of valid calls to quiet ones, median of {rounds}: {Numbers.Median(ratios):0.0} (promised for Rewt at most 5)");
    }

    /// <summary>Makes valid calls while another process sends a flood.</summary>
    /// <returns>The p99 latency in milliseconds of all valid calls, that of the calls sent until the last answer to the flood, and these answers.</returns>
    private static async Task<(double P99, string During, string Answers)> BesideAsync(LoadHost host, TimeSpan duration, int count, int perSecond)
    {
        using var sender = StartSender(host.Address.ToString(), $"{count}", $"{perSecond}");
        await sender.StandardOutput.ReadLineAsync();
        var flood = AnswersAsync(sender.StandardOutput);
        var calls = await CallAsync(host, duration);
        var (answers, ended) = await flood;
        await sender.WaitForExitAsync();
        var during = calls.Where(call => call.Sent < ended).Select(call => call.Latency).ToList();
        return (P99(calls), string.Create(CultureInfo.InvariantCulture, $"of the {during.Count} until the last answer to the flood {Numbers.Quantile(during, 0.99):0.00} ms"), answers);
    }

    private static async Task<(string Answers, long Ended)> AnswersAsync(TextReader output) => ((await output.ReadToEndAsync()).Trim(), TimeProvider.System.GetTimestamp());

    /// <summary>Sends tokens with unknown key ids, all at once or so many a second.</summary>
    public static async Task SendAsync(Uri address, int count, int perSecond)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1_000 };
        using var client = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        var tokens = Enumerable.Range(0, count).Select(_ => Junk()).ToList();
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
    /// Calls about 200 times a second, whether or not earlier calls are answered: a receiver that answers nothing for a while has many slow calls, not one. A
    /// thread of its own sends them, because the thread pool is what the flood occupies.
    /// </summary>
    /// <returns>When each call was sent, and its latency in milliseconds.</returns>
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
#pragma warning disable RS0030 // The thread is not one of the pool, and what it measures is the real time.
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

    private static string Junk()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var keyId = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        var header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"HS256","typ":"rewt+jwt","kid":"{{keyId}}"}"""));
        var payload = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"iss":"inventory","aud":"inventory","iat":{{now}},"exp":{{now + 60}},"jti":"1"}"""));
        return $"{header}.{payload}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";
    }

    /// <summary>Starts the sender: if this process is restricted to the first processor, on the others.</summary>
    private static Process StartSender(params string[] arguments)
    {
        string[] command = [Environment.ProcessPath!, .. Host(), Sender, .. arguments];
        if (OperatingSystem.IsLinux() && Environment.ProcessorCount == 1) command = ["taskset", "--cpu-list", "1-63", .. command];
        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, UseShellExecute = false })!;
    }

    /// <summary>The assembly, where the process is the host of <c>dotnet run</c>.</summary>
    private static string[] Host() => Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? [typeof(Flood).Assembly.Location] : [];
}
