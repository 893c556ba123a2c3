using Rewt.Tests.Docs;

namespace Rewt.Tests.Repository;

/// <summary>Runs the C# of docs/trusted-apps.md as a service, and the curl commands of that page against it.</summary>
public sealed class TrustedAppsPageTests
{
    [Fact]
    public async Task The_curl_commands_of_the_page_print_the_documented_output()
    {
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

        var address = new Uri(application.Urls.Single());
        await CurlExamples.RunAsync(
            "docs/trusted-apps.md",
            address.Authority,
            new Dictionary<string, string?> { ["ORDERS"] = address.GetLeftPart(UriPartial.Authority), ["REWT_API_KEY"] = key });
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
}
