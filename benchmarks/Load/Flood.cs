using System.Buffers.Text;
using System.Diagnostics;
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
    /// Measures Rewt and, with the same tokens, JwtBearer with a static key, which asks no store. Under <c>taskset -c 0</c>, the receiver and the valid
    /// calls have one processor, and the sender of the flood has the others.
    /// </summary>
    public static async Task RunAsync(TimeSpan duration, int count, TextWriter output)
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var rewt = await LoadHost.RewtAsync(redis.Address);
        await using var peer = await LoadHost.JwtBearerAsync();
        foreach (var (host, receiver) in new[] { ("JwtBearer", peer), ("Rewt", rewt) })
        {
            using var client = new HttpClient { BaseAddress = receiver.Address };
            client.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(receiver.Authorization!);
            await CallAsync(client, duration);
            var quiet = await CallAsync(client, duration);
            foreach (var (name, perSecond) in new[] { ("burst", 0), ("stream", count / Math.Max(1, (int)duration.TotalSeconds)) })
            {
                var before = await redis.CommandsAsync();
                var began = TimeProvider.System.GetTimestamp();
                using var sender = StartSender(receiver.Address.ToString(), $"{count}", $"{perSecond}");
                await sender.StandardOutput.ReadLineAsync();
                var beside = await CallAsync(client, duration);
                var answers = await sender.StandardOutput.ReadToEndAsync();
                await sender.WaitForExitAsync();
                var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
                var commands = (await redis.CommandsAsync() - before) / seconds;
                output.WriteLine($"{host}, {name} of {count} unknown key ids ({answers.Trim()}): p99 of valid calls {beside:0.00} ms, quiet {quiet:0.00} ms, ratio {beside / quiet:0.0}; {commands:0} Redis commands a second");
            }
        }
    }

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

    /// <summary>Calls about 200 times a second.</summary>
    /// <returns>The p99 latency in milliseconds.</returns>
    private static async Task<double> CallAsync(HttpClient client, TimeSpan duration)
    {
        var latencies = new List<double>();
        for (var began = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(began) < duration;)
        {
            var sent = TimeProvider.System.GetTimestamp();
            using var response = await client.GetAsync(new Uri("/work", UriKind.Relative));
            response.EnsureSuccessStatusCode();
            latencies.Add(TimeProvider.System.GetElapsedTime(sent).TotalMilliseconds);
            await Task.Delay(5);
        }

        return Numbers.Quantile(latencies, 0.99);
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
