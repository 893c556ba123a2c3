namespace Rewt.Tests.Packaging;

/// <summary>Follows "Your first signed call" in README.md, with the Redis-compatible server that needs no installation. Only the two ports are replaced.</summary>
[Collection<SharedPackages>]
[Trait("Category", "Long")]
public sealed class FirstCallTests(PackedClone packed)
{
    [Fact]
    public async Task The_README_commands_for_the_first_signed_call_work()
    {
        Require.That(Executables.Curl is not null, "needs curl on the PATH");
        await packed.OutputAsync();
        var (redisPort, servicePort) = (Text(FreePort.Next()), Text(FreePort.Next()));
        var redis = $"localhost:{redisPort}";
        string WithTestPorts(string text) => text.Replace("6379", redisPort, StringComparison.Ordinal).Replace("5101", servicePort, StringComparison.Ordinal);

        foreach (var (name, text) in FirstCallBlocks.All)
        {
            if (name == "commands") (await packed.Shell.RunAsync(packed.ProjectFolder, text)).ShouldNotMatch(CleanShell.WarningPattern);
            else if (name.Contains('.', StringComparison.Ordinal)) await File.WriteAllTextAsync(Path.Combine(packed.ProjectFolder, name), WithTestPorts(text), Cancellation);
        }

        var expected = FirstCallBlocks.TextOf("expect");
        var printed = new List<string>();
        var servers = new List<ServerProcess> { ServerProcess.Start(packed.Scratch, packed.Shell.Command(WithTestPorts(FirstCallBlocks.TextOf("redis")))) };
        try
        {
            // The first start downloads the server.
            await Eventually.TrueAsync(
                () => Task.FromResult(servers[0].Output.Contains("Ready to accept connections", StringComparison.Ordinal)),
                () => $"the Redis-compatible server is ready: {servers[0].Output}",
                TimeSpan.FromMinutes(5));

            foreach (var line in FirstCallBlocks.TextOf("run").Split('\n').Select(WithTestPorts))
            {
                if (line.EndsWith(" &", StringComparison.Ordinal)) servers.Add(ServerProcess.Start(packed.ProjectFolder, packed.Shell.Command(line[..^2])));
                else printed.Add(await packed.Shell.RunAsync(packed.ProjectFolder, line));
            }

            printed[0].ShouldContain("HTTP/1.1 401");
            printed[0].ShouldContain("WWW-Authenticate: Bearer");
            printed[^1].ShouldContain(expected);
            printed[^1].ShouldNotMatch(CleanShell.WarningPattern);

            (await packed.Shell.RunAsync(packed.ProjectFolder, "dotnet tool install Rewt.Tool --tool-path tools")).ShouldContain("rewt");
            var before = await packed.Shell.RunAsync(packed.ProjectFolder, $"tools/rewt keys list --redis {redis}");
            await packed.Shell.RunAsync(packed.ProjectFolder, $"tools/rewt keys rotate --yes --redis {redis}");
            (await packed.Shell.RunAsync(packed.ProjectFolder, $"tools/rewt keys list --redis {redis}")).ShouldNotBe(before);
            (await packed.Shell.RunAsync(packed.ProjectFolder, "dotnet run --no-build --project orders")).ShouldContain(expected, customMessage: "after a rotation");

            servers.ShouldAllBe(server => !server.HasExited);
            servers[^1].Output.ShouldNotMatch(CleanShell.WarningPattern);
        }
        catch (Exception)
        {
            TestContext.Current.SendDiagnosticMessage(string.Join('\n', servers.Select(server => server.Output)));
            throw;
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
