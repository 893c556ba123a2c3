using Rewt.Tests.Operations;

namespace Rewt.Tests.Docs;

/// <summary>
/// Every command in every page runs in a test: here where it is marked <c>&lt;!-- run --&gt;</c>, one page's blocks after the other in one folder, beside a service and its Redis; elsewhere where the mark
/// names the test (<c>&lt;!-- tested: ClassName --&gt;</c>) or is one that another test runs.
/// </summary>
public sealed partial class CommandBlockTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Marks that other code reads: the README's own commands (.ci/run), the newcomer's way, and the lines for curl of two pages.</summary>
    private static readonly string[] Elsewhere = ["demo-command", "test-command", "newcomer: ", "curl"];

    public static TheoryData<string> Pages => [.. Page.Paths().Where(path => Page.Read(path).Fences().Any(block => Run().IsMatch(block.Marker)))];

    [Fact]
    public void Every_command_of_every_page_is_run_by_some_test()
    {
        var classes = typeof(CommandBlockTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var block in Page.Paths().SelectMany(path => Page.Read(path).Fences()).Where(IsCommand))
        {
            if (Run().IsMatch(block.Marker) || Installing().IsMatch(block.Text) || Elsewhere.Any(mark => block.Marker.StartsWith(mark, StringComparison.Ordinal))) continue;
            block.Marker.ShouldStartWith("tested: ", Case.Sensitive, $"{block.Place} says which test runs it: <!-- run -->, or <!-- tested: ClassName -->");
            classes.Contains(block.Marker["tested: ".Length..]).ShouldBeTrue($"{block.Place}: there is no class {block.Marker["tested: ".Length..]}");
        }
    }

    [Theory]
    [Trait("Category", "Long")]
    [MemberData(nameof(Pages))]
    public async Task The_commands_of_a_page_run_beside_a_service(string path)
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
                if (Run().Match(block.Marker) is not { Success: true } mark) continue;
                var (exitCode, output) = await BashAsync(folder, redis, block.Text);
                int[] allowed = mark.Groups["codes"].Success ? [.. mark.Groups["codes"].Value.Split(" or ").Select(code => int.Parse(code, CultureInfo.InvariantCulture))] : [0];
                allowed.ShouldContain(exitCode, $"{block.Place}: {output}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsCommand(Fence block) =>
        block.Language is "bash" or "sh" or "shell" or "console"
        || (block.Language.Length == 0 && Commands().IsMatch(block.Text) && !block.Text.StartsWith("$ rewt", StringComparison.Ordinal));

    private static async Task<(int ExitCode, string Output)> BashAsync(string folder, RedisServer redis, string script)
    {
        var prelude = $$"""
            exec 2>&1 </dev/null
            redis-cli() { command redis-cli -p {{redis.Port}} "$@"; }
            rewt() { '{{Executables.Dotnet}}' '{{ToolRun.Program}}' "$@"; }
            """;
        var start = new ProcessStartInfo("bash", ["-eo", "pipefail", "-c", $"{prelude}\n{script}"]) { WorkingDirectory = folder, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["REWT_REDIS"] = redis.ConnectionString;
        start.Environment["LEAKED"] = "rewt_acme_nonsense";
        start.Environment.Remove("REWT_NAMESPACE");
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Limit);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, output);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    [GeneratedRegex(@"^run(: exit (?<codes>\d+( or \d+)*))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Run();

    /// <summary>How every package is installed; NewcomerTests does it.</summary>
    [GeneratedRegex(@"^dotnet (add package|tool install --global) Rewt(\.\w+)?\n?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Installing();

    [GeneratedRegex(@"^(\$ )?(dotnet|redis-cli|rewt|curl|npm|node|git) ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Commands();
}
