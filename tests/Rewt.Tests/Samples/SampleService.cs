namespace Rewt.Tests.Samples;

/// <summary>A sample as its own process, told everything by ordinary configuration, on a port that the system chose.</summary>
internal sealed partial class SampleService : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private SampleService(ServerProcess process, Uri address) => (_process, Client) = (process, new HttpClient { BaseAddress = address });

    public HttpClient Client { get; }

    public string Address => Client.BaseAddress!.ToString();

    public static Task<SampleService> StartAsync(string name, RedisServer redis, params string[] settings) => StartAsAsync(name, [], redis, settings);

    /// <summary>A sample whose first argument says which of its parts it plays.</summary>
    public static async Task<SampleService> StartAsAsync(string name, string[] part, RedisServer redis, params string[] settings)
    {
        var process = Run(name, [.. part, "--urls", "http://127.0.0.1:0", "--ConnectionStrings:redis", redis.ConnectionString, .. settings]);
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

    /// <summary>Starts a sample that listens nowhere.</summary>
    public static ServerProcess Run(string name, params string[] arguments) =>
        ServerProcess.Start(Programs.FolderOf($"samples/{name}"), [Executables.Dotnet, $"{name}.dll", .. arguments]);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex("Now listening on: (?<address>http://\\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();
}
