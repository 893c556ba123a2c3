using System.Xml.Linq;

namespace Rewt.Tests.Packaging;

/// <summary>Builds a service that references the packages and a newer Redis client library, and that passes its own multiplexer to Rewt.</summary>
[Collection<SharedPackages>]
[Trait("Category", "Long")]
public sealed class OwnMultiplexerTests(PackedClone packed)
{
    /// <summary>The newest supported version of the client library. The tests themselves can run with another one.</summary>
    private static readonly string ClientVersion = XDocument.Load(Path.Combine(RepositoryRoot.Path, "Directory.Packages.props")).Descendants("CurrentRedisClient").Single().Value;

    private const string Program = """
        using System.Net.Http.Headers;
        using Rewt;
        using StackExchange.Redis;

        var multiplexer = await ConnectionMultiplexer.ConnectAsync(args[0]);
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddRewtAuthentication(options =>
        {
            options.ServiceName = "orders";
            if (args[1] == "factory") options.ConnectionMultiplexerFactory = () => Task.FromResult<IConnectionMultiplexer>(multiplexer);
            if (args[1] == "configuration") options.ConfigurationOptions = ConfigurationOptions.Parse(args[0]);
        });
        if (args[1] == "container") builder.Services.AddSingleton<IConnectionMultiplexer>(multiplexer);
        await using var application = builder.Build();
        application.MapGet("/", () => "signed").RequireAuthorization();
        await application.StartAsync();
        await application.Services.GetRequiredService<IRewtKeyRing>().RotateAsync();

        using var client = new HttpClient { BaseAddress = new Uri(application.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await application.Services.GetRequiredService<IRewtTokens>().CreateBearerAsync("orders"));
        Console.WriteLine($"{await client.GetStringAsync("/")} with {typeof(ConnectionMultiplexer).Assembly.GetName().Version}");
        """;

    [Fact]
    public async Task A_service_with_its_own_multiplexer_builds_and_runs_without_warnings()
    {
        await packed.OutputAsync();
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        var folder = Directory.CreateDirectory(Path.Combine(packed.Scratch, "own-multiplexer")).FullName;
        File.Copy(Path.Combine(packed.ProjectFolder, "nuget.config"), Path.Combine(folder, "nuget.config"));
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), Program, Cancellation);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "own-multiplexer.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Rewt.AspNetCore" Version="*" />
                <PackageReference Include="StackExchange.Redis" Version="{ClientVersion}" />
              </ItemGroup>
            </Project>
            """,
            Cancellation);

        (await packed.Shell.RunAsync(folder, "dotnet build")).ShouldContain("0 Warning(s)");
        foreach (var source in new[] { "factory", "configuration", "container" })
        {
            var output = await packed.Shell.RunAsync(folder, $"dotnet run --no-build -- {redis.ConnectionString} {source}");

            output.ShouldContain($"signed with {ClientVersion[..ClientVersion.IndexOf('.', StringComparison.Ordinal)]}.", customMessage: source);
            output.ShouldNotContain("warn:");
            output.ShouldNotContain("fail:");
        }
    }
}
