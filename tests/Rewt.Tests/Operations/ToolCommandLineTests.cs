namespace Rewt.Tests.Operations;

/// <summary>Tests the command line of the tool, its exit codes and their documentation.</summary>
public sealed partial class ToolCommandLineTests
{
    private static string Page => File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "operations", "tool.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task An_unreachable_server_is_reported_with_a_fix_and_without_the_password()
    {
        var run = await ToolRun.RunAsync("keys", "list", "--redis", $"127.0.0.1:{FreePort.Next()},password=the-password");
        run.Fails(3, "Redis cannot be reached", "--redis", "REWT_REDIS");
        (run.Output + run.Errors).ShouldNotContain("the-password");

        var url = await ToolRun.RunAsync("keys", "list", "--redis", "rediss://:the-password@localhost:6379/2");
        url.Fails(2, "URL", "localhost:6379,user=...,password=...,ssl=true,defaultDatabase=2");
        (url.Output + url.Errors).ShouldNotContain("the-password");

        var comma = await ToolRun.RunAsync("keys", "list", "--redis", "localhost:6379,password=the-pass,the-word");
        comma.Fails(2, "--redis (or REWT_REDIS) has a server after an option", "This tool cannot use a password with a comma.");
        (comma.Output + comma.Errors).ShouldNotContain("the-");
    }

    [Fact]
    public async Task A_wrong_password_and_missing_rights_have_different_exit_codes()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", "first");
        (await ToolRun.RunAsync("keys", "list", "--redis", $"{redis.ConnectionString},password=second")).Fails(10, "login", "password");

        await using var client = await redis.ConnectAsync();
        await client.CommandAsync("AUTH", "first");
        await client.CommandAsync("ACL", "SETUSER", "default", "-@all", "+ping", "+info", "+client", "+echo", "+config|get", "+cluster", "+select");
        (await ToolRun.RunAsync("keys", "list", "--redis", $"{redis.ConnectionString},password=first")).Fails(4, "'rewt acl --role operator --namespace rewt'");
    }

    [Theory]
    [InlineData("bogus", "bogus")]
    [InlineData("keys", "Required command")]
    [InlineData("keys list --output yaml", "yaml")]
    [InlineData("keys list --namespace a/b", "--namespace must be")]
    [InlineData("keys revoke current --wait -1", "--wait must be")]
    [InlineData("acl --role king", "king")]
    [InlineData("acl --role signer --user a;b", "--user must be")]
    [InlineData("watch --duration 0", "--duration must be")]
    public async Task An_invalid_command_line_ends_with_exit_code_2_and_names_the_error(string line, string expected) =>
        (await ToolRun.RunAsync(line.Split(' '))).Fails(2, expected);

    [Fact]
    public async Task The_tool_page_lists_every_command_with_its_arguments_and_options()
    {
        var rows = CommandRows().Matches(Page).ToDictionary(match => match.Groups["line"].Value, match => OptionNames().Matches(match.Groups["options"].Value).Select(name => name.Value), StringComparer.Ordinal);
        var commands = new[] { "keys list", "keys rotate", "keys revoke", "token create", "token inspect", "token verify", "token explain", "tenants list", "tenants create", "tenants revoke", "tenants delete", "apps list", "apps add", "apps rotate", "apps revoke", "doctor", "acl", "watch", "completion" };

        var common = Options(await HelpAsync(""));
        var helps = await Task.WhenAll(commands.Select(HelpAsync));

        common.Count.ShouldBeGreaterThan(5);
        rows["rewt"].ShouldBe(common, ignoreOrder: true);
        rows.Keys.ShouldBe(helps.Select(Usage).Append("rewt"), ignoreOrder: true);
        foreach (var help in helps) rows[Usage(help)].ShouldBe(Options(help).Except(common), ignoreOrder: true, Usage(help));
    }

    private static async Task<string> HelpAsync(string command) =>
        (await ToolRun.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])).Succeeds().Output.ReplaceLineEndings("\n");

    private static string Usage(string help) => help.Split('\n').Single(line => line.EndsWith(" [options]", StringComparison.Ordinal)).Trim()[..^" [options]".Length];

    /// <summary>Returns the long names of the options in a help text.</summary>
    private static List<string> Options(string help) =>
        [.. help.Split('\n').Where(line => line.StartsWith("  -", StringComparison.Ordinal)).Select(line => OptionNames().Match(line).Value)];

    [Fact]
    public void The_tool_page_lists_every_exit_code()
    {
        var source = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "src", "Rewt.Tool", "Internal", "ExitCode.cs"));
        var codes = ExitCodes().Matches(source).Select(match => match.Groups["code"].Value).ToList();

        codes.Count.ShouldBeGreaterThan(8);
        ExitCodeRows().Matches(Page).Select(match => match.Groups["code"].Value).ShouldBe(codes, ignoreOrder: true);
    }

    [Fact]
    public async Task Completion_suggests_commands_and_option_values()
    {
        (await ToolRun.RunAsync("[suggest:10]", "rewt keys ")).Succeeds().Output.Split('\n').ShouldContain("revoke");
        (await ToolRun.RunAsync("[suggest]", "rewt acl --role ")).Succeeds().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["operator", "signer", "verifier"]);
        (await ToolRun.RunAsync("[suggest:7]", "rewt tok in")).Succeeds().Output.ShouldContain("token");
    }

    [Fact]
    public async Task The_bash_completion_script_completes_commands_in_bash()
    {
        Require.That(File.Exists("/bin/bash"), "needs bash");
        var script = (await ToolRun.RunAsync("completion", "bash")).Succeeds().Output;
        var command = $"rewt() {{ '{Executables.Dotnet}' '{ToolRun.Program}' \"$@\"; }}\n{script}\nCOMP_LINE='rewt keys ro'; COMP_POINT=12; COMP_WORDS=(rewt keys ro); COMP_CWORD=2; _rewt; echo \"${{COMPREPLY[*]}}\"";

        (await Programs.OutputAsync("/bin/bash", ["-c", command])).Trim().ShouldBe("rotate");
    }

    [GeneratedRegex(@"^\| `(?<line>rewt[^`]*)` \|[^|]*\| (?<options>.*)\|$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CommandRows();

    [GeneratedRegex(@"--[a-z-]+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OptionNames();

    [GeneratedRegex(@"public const int \w+ = (?<code>\d+);", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExitCodes();

    [GeneratedRegex(@"^\| (?<code>\d+) \|", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExitCodeRows();
}
