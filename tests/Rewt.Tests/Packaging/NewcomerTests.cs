namespace Rewt.Tests.Packaging;

/// <summary>README.md, "Your first signed call", word for word; only the two addresses are those of free ports.</summary>
[Collection<PackedOnce>]
[Trait("Category", "Long")]
public sealed class NewcomerTests(PackedClone packed)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_newcomer_who_follows_the_README_makes_a_signed_call()
    {
        Require.That(Executables.Curl is not null, "needs curl on the PATH");
        await packed.OutputAsync();
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        var service = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Next()}");
        string Moved(string text) => text.Replace("localhost:6379", redis.ConnectionString, StringComparison.Ordinal).Replace("localhost:5101", service, StringComparison.Ordinal);

        foreach (var (name, text) in NewcomerPage.Blocks)
        {
            if (name == "commands") (await packed.Shell.RunAsync(packed.EmptyFolder, text)).ShouldNotMatch(CleanShell.Complaint);
            else if (name.Contains('.', StringComparison.Ordinal)) await File.WriteAllTextAsync(Path.Combine(packed.EmptyFolder, name), Moved(text), Cancellation);
        }

        var expected = NewcomerPage.The("expect");
        var printed = new List<string>();
        var servers = new List<ServerProcess>();
        try
        {
            foreach (var line in NewcomerPage.The("run").Split('\n').Select(Moved))
            {
                if (line.EndsWith(" &", StringComparison.Ordinal)) servers.Add(ServerProcess.Start(packed.EmptyFolder, packed.Shell.Command(line[..^2])));
                else printed.Add(await packed.Shell.RunAsync(packed.EmptyFolder, line));
            }

            printed[0].ShouldContain("HTTP/1.1 401");
            printed[0].ShouldContain("WWW-Authenticate: Bearer");
            printed[^1].ShouldContain(expected);
            printed[^1].ShouldNotMatch(CleanShell.Complaint);

            var secret = await redis.GetAsync("rewt:rewt-secret");
            secret.ShouldNotBeNull();
            (await packed.Shell.RunAsync(packed.EmptyFolder, "dotnet tool install Rewt.Tool --tool-path tools")).ShouldContain("rewt");
            await packed.Shell.RunAsync(packed.EmptyFolder, $"tools/rewt keys rotate --yes --redis {redis.ConnectionString}");
            (await redis.GetAsync("rewt:rewt-secret")).ShouldNotBe(secret);
            (await packed.Shell.RunAsync(packed.EmptyFolder, "dotnet run --no-build --project orders")).ShouldContain(expected, customMessage: "after a rotation");

            servers.ShouldHaveSingleItem().HasExited.ShouldBeFalse();
            servers[0].Output.ShouldNotMatch(CleanShell.Complaint);
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
