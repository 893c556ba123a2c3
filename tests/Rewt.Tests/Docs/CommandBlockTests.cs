using Rewt.Tests.Operations;

namespace Rewt.Tests.Docs;

/// <summary>
/// Checks the commands of the documentation. Blocks marked <c>&lt;!-- run --&gt;</c> run here, those of a page in order and in one folder, beside a service and its
/// Redis server. A DEL must delete a key. Other blocks name the test class that runs them (<c>&lt;!-- tested: ClassName --&gt;</c>), or have a marker that other code reads.
/// </summary>
public sealed partial class CommandBlockTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>Markers that other code reads: the commands that .ci/run executes, the first call of README.md, and the curl commands of two pages.</summary>
    private static readonly string[] OtherMarkers = ["demo-command", "test-command", "newcomer: ", "curl"];

    public static TheoryData<string> Pages => [.. Page.Paths().Where(path => Page.Read(path).Fences().Any(block => RunMarker().IsMatch(block.Marker)))];

    [Fact]
    public void Every_command_block_is_run_here_or_names_an_existing_test_class()
    {
        var classes = typeof(CommandBlockTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var block in Page.Paths().SelectMany(path => Page.Read(path).Fences()).Where(IsCommand))
        {
            if (RunMarker().IsMatch(block.Marker) || InstallCommand().IsMatch(block.Text)) continue;
            if (OtherMarkers.Any(marker => block.Marker.StartsWith(marker, StringComparison.Ordinal))) continue;
            block.Marker.ShouldStartWith("tested: ", Case.Sensitive, $"{block.Location} must be marked <!-- run --> or <!-- tested: ClassName -->");
            classes.Contains(block.Marker["tested: ".Length..]).ShouldBeTrue($"{block.Location} names a class that does not exist: {block.Marker["tested: ".Length..]}");
        }
    }

    [Theory]
    [Trait("Category", "Long")]
    [MemberData(nameof(Pages))]
    public async Task The_commands_of_a_page_exit_with_the_expected_code(string path)
    {
        Require.RealRedis();
        Require.That(Executables.Find("redis-cli") is not null, "needs redis-cli on the PATH");
        foreach (var tool in new[] { "ssh-keygen", "openssl" }) Require.That(Executables.Find(tool) is not null, $"needs {tool} on the PATH");
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await TestService.StartAsync(redis.ConnectionString, settings: options => options.RefreshInterval = TimeSpan.FromMilliseconds(500));
        await service.Ring.GetAsync(Cancellation);
        var folder = Directory.CreateTempSubdirectory("rewt-page-").FullName;
        try
        {
            foreach (var block in Page.Read(path).Fences())
            {
                if (RunMarker().Match(block.Marker) is not { Success: true } marker) continue;
                var (exitCode, output) = await BashAsync(folder, redis, block.Text);
                var codes = marker.Groups["codes"];
                int[] allowed = codes.Success ? [.. codes.Value.Split(" or ").Select(code => int.Parse(code, CultureInfo.InvariantCulture))] : [0];
                allowed.ShouldContain(exitCode, $"{block.Location}: {output}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsCommand(Fence block) =>
        block.Language is "bash" or "sh" or "shell" or "console"
        || (block.Language.Length == 0 && CommandLine().IsMatch(block.Text) && !block.Text.StartsWith("$ rewt", StringComparison.Ordinal));

    private static async Task<(int ExitCode, string Output)> BashAsync(string folder, RedisServer redis, string script)
    {
        var prelude = $$"""
            exec 2>&1 </dev/null
            redis-cli() {
              local reply
              reply=$(command redis-cli -p {{redis.Port}} "$@")
              echo "$reply"
              [ "$1 $reply" != 'DEL 0' ]
            }
            rewt() { '{{Executables.Dotnet}}' '{{ToolRun.Program}}' "$@"; }
            """;
        var start = new ProcessStartInfo("bash", ["-eo", "pipefail", "-c", $"{prelude}\n{script}"]) { WorkingDirectory = folder, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["REWT_REDIS"] = redis.ConnectionString;
        start.Environment["LEAKED"] = "rewt_acme_nonsense";
        start.Environment.Remove("REWT_NAMESPACE");
        using var process = Process.Start(start)!;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        timeout.CancelAfter(Timeout);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, output);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    [GeneratedRegex(@"^run(: exit (?<codes>\d+( or \d+)*))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RunMarker();

    /// <summary>Matches the command that installs a package; <see cref="Packaging.FirstCallTests"/> runs such commands.</summary>
    [GeneratedRegex(@"^dotnet (add package|tool install --global) Rewt(\.\w+)?\n?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InstallCommand();

    [GeneratedRegex(@"^(\$ )?(dotnet|redis-cli|rewt|curl|npm|node|git) ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex CommandLine();
}
