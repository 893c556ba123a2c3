namespace Rewt.Tests.Operations;

/// <summary>What the tool takes, how it ends, and that its page says so.</summary>
public sealed partial class ToolCommandLineTests
{
    private static string Page => File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "operations", "tool.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task A_server_that_is_away_is_said_with_what_to_do_and_without_the_password()
    {
        var run = await ToolRun.RunAsync("keys", "list", "--redis", $"127.0.0.1:{FreePort.Next()},password=the-password");
        run.Fails(3, "Redis cannot be reached", "--redis", "REWT_REDIS");
        (run.Output + run.Errors).ShouldNotContain("the-password");

        var url = await ToolRun.RunAsync("keys", "list", "--redis", "rediss://:the-password@localhost:6379/2");
        url.Fails(2, "URL", "localhost:6379,user=...,password=...,ssl=true,defaultDatabase=2");
        (url.Output + url.Errors).ShouldNotContain("the-password");
    }

    [Fact]
    public async Task A_wrong_password_and_missing_rights_are_told_apart()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", "first");
        (await ToolRun.RunAsync("keys", "list", "--redis", $"{redis.ConnectionString},password=second")).Fails(10, "login", "password");

        await using var client = await redis.ConnectAsync();
        await client.CommandAsync("AUTH", "first");
        await client.CommandAsync("ACL", "SETUSER", "default", "-@all", "+ping", "+info", "+client", "+echo", "+config|get", "+cluster", "+select");
        (await ToolRun.RunAsync("keys", "list", "--redis", $"{redis.ConnectionString},password=first")).Fails(4, "rewt acl --role operator");
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
    public async Task A_wrong_command_line_is_exit_code_2_and_names_what_is_wrong(string line, string says) =>
        (await ToolRun.RunAsync(line.Split(' '))).Fails(2, says);

    [Fact]
    public async Task The_page_holds_the_help_of_every_command_as_it_is()
    {
        var blocks = Help().Matches(Page).ToDictionary(match => match.Groups["line"].Value, match => match.Groups["text"].Value, StringComparer.Ordinal);
        var commands = new[] { "", "keys list", "keys rotate", "keys revoke", "token create", "token inspect", "token verify", "tenants list", "tenants create", "tenants delete", "apps list", "apps add", "apps rotate", "apps revoke", "doctor", "acl", "watch", "completion" };

        var written = await Task.WhenAll(commands.Select(async command => (
            Line: $"rewt {command}".Trim(),
            Text: (await ToolRun.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])).Well().Output)));

        blocks.Keys.ShouldBe(written.Select(help => help.Line), ignoreOrder: true);
        var common = Trimmed(written[0].Text).Split('\n').Where(line => line.StartsWith("  -", StringComparison.Ordinal)).Select(OptionOf).ToHashSet(StringComparer.Ordinal);
        common.Count.ShouldBeGreaterThan(5);
        blocks["rewt"].ShouldBe(Trimmed(written[0].Text));
        foreach (var (line, text) in written[1..]) blocks[line].ShouldBe(Without(common, Trimmed(text)), line);
    }

    /// <summary>The help of a command without the options that the help of the tool itself lists.</summary>
    private static string Without(HashSet<string> options, string help)
    {
        var rest = string.Join('\n', help.Split('\n').Where(line => !options.Contains(OptionOf(line)))).TrimEnd();
        return rest.EndsWith("\nOptions:", StringComparison.Ordinal) ? rest[..^"\nOptions:".Length].TrimEnd() : rest;
    }

    private static string OptionOf(string line) => line.Trim().Split("  ")[0];

    [Fact]
    public void The_page_holds_every_exit_code()
    {
        var source = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "src", "Rewt.Tool", "Internal", "ExitCode.cs"));
        var codes = ExitCodes().Matches(source).Select(match => match.Groups["code"].Value).ToList();

        codes.Count.ShouldBeGreaterThan(8);
        ExitCodeRows().Matches(Page).Select(match => match.Groups["code"].Value).ShouldBe(codes, ignoreOrder: true);
    }

    [Fact]
    public async Task A_shell_is_told_how_a_command_goes_on()
    {
        (await ToolRun.RunAsync("[suggest:10]", "rewt keys ")).Well().Output.Split('\n').ShouldContain("revoke");
        (await ToolRun.RunAsync("[suggest]", "rewt acl --role ")).Well().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["operator", "signer", "verifier"]);
        (await ToolRun.RunAsync("[suggest:7]", "rewt tok in")).Well().Output.ShouldContain("token");
    }

    [Fact]
    public async Task The_script_for_bash_completes_in_a_bash()
    {
        Require.That(File.Exists("/bin/bash"), "needs bash");
        var script = (await ToolRun.RunAsync("completion", "bash")).Well().Output;
        var command = $"rewt() {{ '{Executables.Dotnet}' '{ToolRun.Program}' \"$@\"; }}\n{script}\nCOMP_LINE='rewt keys ro'; COMP_POINT=12; COMP_WORDS=(rewt keys ro); COMP_CWORD=2; _rewt; echo \"${{COMPREPLY[*]}}\"";

        (await Programs.OutputAsync("/bin/bash", ["-c", command])).Trim().ShouldBe("rotate");
    }

    private static string Trimmed(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).Trim();

    [GeneratedRegex(@"^```\n\$ (?<line>rewt[a-z ]*?) --help\n(?<text>.*?)\n```$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Help();

    [GeneratedRegex(@"public const int \w+ = (?<code>\d+);", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExitCodes();

    [GeneratedRegex(@"^\| (?<code>\d+) \|", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExitCodeRows();
}
