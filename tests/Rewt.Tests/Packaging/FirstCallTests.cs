namespace Rewt.Tests.Packaging;

/// <summary>Follows "Your first signed call" in README.md. Only the two addresses are replaced.</summary>
[Collection<SharedPackages>]
[Trait("Category", "Long")]
public sealed class FirstCallTests(PackedClone packed)
{
    [Fact]
    public async Task The_README_commands_for_the_first_signed_call_work()
    {
        Require.That(Executables.Curl is not null, "needs curl on the PATH");
        await packed.OutputAsync();
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        var service = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Next()}");
        string WithTestAddresses(string text) => text.Replace("localhost:6379", redis.ConnectionString, StringComparison.Ordinal).Replace("localhost:5101", service, StringComparison.Ordinal);

        foreach (var (name, text) in FirstCallBlocks.All)
        {
            if (name == "commands") (await packed.Shell.RunAsync(packed.ProjectFolder, text)).ShouldNotMatch(CleanShell.WarningPattern);
            else if (name.Contains('.', StringComparison.Ordinal)) await File.WriteAllTextAsync(Path.Combine(packed.ProjectFolder, name), WithTestAddresses(text), Cancellation);
        }

        var expected = FirstCallBlocks.TextOf("expect");
        var printed = new List<string>();
        var servers = new List<ServerProcess>();
        try
        {
            foreach (var line in FirstCallBlocks.TextOf("run").Split('\n').Select(WithTestAddresses))
            {
                if (line.EndsWith(" &", StringComparison.Ordinal)) servers.Add(ServerProcess.Start(packed.ProjectFolder, packed.Shell.Command(line[..^2])));
                else printed.Add(await packed.Shell.RunAsync(packed.ProjectFolder, line));
            }

            printed[0].ShouldContain("HTTP/1.1 401");
            printed[0].ShouldContain("WWW-Authenticate: Bearer");
            printed[^1].ShouldContain(expected);
            printed[^1].ShouldNotMatch(CleanShell.WarningPattern);

            var secret = await redis.GetAsync("rewt:rewt-secret");
            secret.ShouldNotBeNull();
            (await packed.Shell.RunAsync(packed.ProjectFolder, "dotnet tool install Rewt.Tool --tool-path tools")).ShouldContain("rewt");
            await packed.Shell.RunAsync(packed.ProjectFolder, $"tools/rewt keys rotate --yes --redis {redis.ConnectionString}");
            (await redis.GetAsync("rewt:rewt-secret")).ShouldNotBe(secret);
            (await packed.Shell.RunAsync(packed.ProjectFolder, "dotnet run --no-build --project orders")).ShouldContain(expected, customMessage: "after a rotation");

            servers.ShouldHaveSingleItem().HasExited.ShouldBeFalse();
            servers[0].Output.ShouldNotMatch(CleanShell.WarningPattern);
        }
        catch (Exception) when (servers.Count > 0)
        {
            TestContext.Current.SendDiagnosticMessage(string.Join('\n', servers.Select(server => server.Output)));
            throw;
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }
}
