namespace Rewt.Tests.Samples;

/// <summary>Writes the application model of the Aspire sample to a file, which needs no container.</summary>
public sealed class AppHostSampleTests
{
    [Fact]
    public async Task Each_service_gets_the_connection_string_of_Redis_and_the_addresses_that_it_calls()
    {
        using var scratch = new ScratchDirectory();

        await Programs.OutputAsync(
            Executables.Dotnet,
            ["AppHost.dll", "--operation", "publish", "--step", "publish-manifest", "--output-path", scratch.Path],
            Programs.OutputDirectoryOf("samples/AppHost"));

        using var model = JsonDocument.Parse(scratch.Read("aspire-manifest.json"));
        foreach (var (service, called) in new[] { ("shipping", Array.Empty<string>()), ("inventory", ["shipping"]), ("orders", ["inventory", "shipping"]) })
        {
            var settings = model.RootElement.GetProperty("resources").GetProperty(service).GetProperty("env");
            settings.GetProperty("ConnectionStrings__redis").GetString().ShouldBe("{redis.connectionString}", service);
            foreach (var name in called) settings.GetProperty($"Services__{name}").GetString().ShouldBe($"{{{name}.bindings.http.url}}", service);
        }
    }
}
