using Rewt.Tests.Docs;

namespace Rewt.Tests.Samples;

/// <summary>Runs the services of samples/Compose/compose.yaml as processes, with the settings of that file. Only host names and ports are replaced.</summary>
public sealed partial class ComposeSampleTests
{
    [Fact]
    [Trait("Category", "Long")]
    public async Task The_settings_of_the_compose_file_connect_the_services()
    {
        await using var redis = await RedisServer.StartAsync();
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal) { ["redis:6379"] = redis.ConnectionString };
        await using var shipping = await StartAsync("shipping");
        await using var inventory = await StartAsync("inventory");
        await using var orders = await StartAsync("orders");

        await orders.SucceedsAsync("/orders/u-42");

        await CurlExamples.RunAsync("samples/Compose/README.md", orders.Client.BaseAddress!.Authority);

        async Task<SampleService> StartAsync(string name)
        {
            var (folder, settings) = Service(name);
            var service = await SampleService.StartAsync(folder, redis, [.. settings.SelectMany(setting => new[] { $"--{setting.Name}", addresses.GetValueOrDefault(setting.Value, setting.Value) })]);
            addresses.Add($"http://{name}:8080", service.Address);
            return service;
        }
    }

    /// <summary>Returns the folder of the sample that a service of the file runs, and the settings of the service.</summary>
    private static (string Folder, IReadOnlyList<(string Name, string Value)> Settings) Service(string name)
    {
        var file = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "samples", "Compose", "compose.yaml")).ReplaceLineEndings("\n");
        var service = Services().Matches(file).Single(match => match.Groups["name"].Value == name).Groups["text"].Value;
        var folder = Folder().Match(service).Groups["name"].Value;
        service.ShouldContain($"command: {folder}.dll");
        return (folder, [.. Settings().Matches(service).Select(match => (match.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal), match.Groups["value"].Value))]);
    }

    [GeneratedRegex(@"^  (?<name>\w+):\n(?<text>(    .*\n)+)", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Services();

    [GeneratedRegex(@"^        SERVICE: (?<name>\w+)$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Folder();

    [GeneratedRegex("^      (?<name>\\w+__\\w+): \"?(?<value>[^\"\\s]+)\"?( #.*)?$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Settings();
}
