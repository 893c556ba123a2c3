using Rewt.Tests.Sending;

namespace Rewt.Tests.Samples;

/// <summary>Runs a sample as a process, with ordinary configuration, on a port that the operating system chooses.</summary>
internal sealed partial class SampleService : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private SampleService(ServerProcess process, Uri address) => (_process, Client) = (process, new HttpClient { BaseAddress = address });

    public HttpClient Client { get; }

    public string Address => Client.BaseAddress!.ToString();

    public static Task<SampleService> StartAsync(string name, RedisServer redis, params string[] settings) => StartWithArgumentsAsync(name, [], redis, settings);

    /// <summary>Starts a sample whose first arguments select the service that it runs.</summary>
    public static async Task<SampleService> StartWithArgumentsAsync(string name, string[] arguments, RedisServer redis, params string[] settings)
    {
        var process = Run(name, [.. arguments, "--urls", "http://127.0.0.1:0", "--ConnectionStrings:redis", redis.ConnectionString, .. settings]);
        try
        {
            await Eventually.TrueAsync(() => process.HasExited || Listening().IsMatch(process.Output), $"{name} listens");
            var address = Listening().Match(process.Output);
            address.Success.ShouldBeTrue(process.Output);
            return new SampleService(process, new Uri(address.Groups["address"].Value));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a sample that does not listen on a port.</summary>
    public static ServerProcess Run(string name, params string[] arguments) =>
        ServerProcess.Start(Programs.OutputDirectoryOf($"samples/{name}"), [Executables.Dotnet, $"{name}.dll", .. arguments]);

    /// <summary>
    /// Waits until a request succeeds. On a slow machine, services that have just started may respond with 503, because they have no keys yet.
    /// </summary>
    public Task SucceedsAsync(string path) => Eventually.TrueAsync(
        async () =>
        {
            using var response = await Client.GetAsync(Calls.Relative(path), Cancellation);
            return response.IsSuccessStatusCode;
        },
        $"{path} succeeds");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex("Now listening on: (?<address>http://\\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();
}
