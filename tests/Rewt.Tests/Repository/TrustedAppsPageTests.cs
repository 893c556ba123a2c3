namespace Rewt.Tests.Repository;

/// <summary>Runs the C# of docs/trusted-apps.md as a service, and the curl commands of that page against it.</summary>
public sealed partial class TrustedAppsPageTests
{
    private static string Page => File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "trusted-apps.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task The_curl_commands_of_the_page_print_the_documented_output()
    {
        Require.That(Executables.Curl is not null, "needs curl on the PATH");
        await using var redis = await RedisServer.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration["Rewt:ServiceName"] = "orders";
        builder.Configuration["Rewt:Redis"] = redis.ConnectionString;
        Snippets.TrustedApps.Receive(builder);
        await using var application = builder.Build();
        Snippets.TrustedApps.Map(application);
        await application.StartAsync(Cancellation);
        var (key, apps) = await Snippets.TrustedApps.ManageAsync(application.Services.GetRequiredService<IRewtApps>());
        apps.ShouldBe(1);

        var examples = Curl().Matches(Page);
        examples.Count.ShouldBe(3);
        foreach (Match example in examples)
        {
            (await RunAsync(example.Groups["script"].Value, application.Urls.Single(), key)).ShouldBe(example.Groups["output"].Value);
        }
    }

    [Fact]
    public void The_client_registration_of_the_page_passes_startup_validation()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["Rewt:ApiKey"] = Rewt.Internal.ApiKeyFormat.Create("acme-mobile");
        Snippets.TrustedApps.Send(builder);
        using var application = (IDisposable)builder.Build();

        ((WebApplication)application).Services.GetRequiredService<Microsoft.Extensions.Options.IStartupValidator>().Validate();
    }

    private static Task<string> RunAsync(string script, string address, string key) => Programs.OutputAsync(
        "bash", ["-euo", "pipefail", "-c", script], environment: new Dictionary<string, string?> { ["ORDERS"] = address, ["REWT_API_KEY"] = key });

    [GeneratedRegex(@"^<!-- curl -->\n```bash\n(?<script>.*?\n)```\n\n```text\n(?<output>.*?\n)```$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Curl();
}
