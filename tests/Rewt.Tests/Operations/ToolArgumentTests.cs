namespace Rewt.Tests.Operations;

/// <summary>Tests that a key in a wrong argument is not repeated in the error and that ambiguous numbers are refused.</summary>
public sealed class ToolArgumentTests
{
    private static readonly string ApiKey = ApiKeyFormat.Create("acme");

    private static readonly string Der = Convert.ToBase64String(RandomNumberGenerator.GetBytes(138));

    private static readonly string Hex = RandomNumberGenerator.GetHexString(64, lowercase: true);

    public static TheoryData<string> Commands() =>
    [
        "{}", "keys {}", "keys list {}", "keys list --redis {}", "keys list --redis {}=", "keys list --redis redis://{}", "keys list --namespace {}", "keys list --output {}", "keys revoke {} --yes", "keys revoke current --wait {}",
        "token create --audience {}", "token create --issuer {}", "token create --lifetime {}", "token create --claim {}", "token inspect {}", "token verify {} {}", "token verify x --audience {}",
        "apps add {} --audience orders", "apps add acme --audience {}", "apps add acme --audience orders --name {}", "apps add acme --audience orders --owner {}", "apps add acme --audience orders --scope {}",
        "apps add acme --audience orders --expires-in {}", "apps revoke {}", "tenants create {}", "tenants revoke {} --yes", "tenants delete {} --yes",
        "acl --role {}", "acl --role signer --user {}", "acl --role signer --key-pairs --service {}", "watch --duration {}", "watch --changes {}", "doctor --{}",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_key_on_the_command_line_is_not_repeated_in_the_output(string command)
    {
        foreach (var key in new[] { ApiKey, Der, Hex, $"-----BEGIN PRIVATE KEY-----\n{Der}\n-----END PRIVATE KEY-----" })
        {
            string[] server = command.Contains("--redis", StringComparison.Ordinal) ? [] : ["--redis", "none.invalid:1"];
            var run = await ToolRun.RunAsync([.. command.Split(' ').Select(part => part.Replace("{}", key, StringComparison.Ordinal)), .. server]);

            run.ExitCode.ShouldNotBe(0);
            var output = run.Output + run.Errors;
            output.ShouldNotBeEmpty();
            for (var start = key == ApiKey ? 10 : 0; start + 16 <= key.Length; start += 8) output.ShouldNotContain(key.Substring(start, 16), Case.Insensitive, output);
        }
    }

    [Theory]
    [InlineData("token create --lifetime NaN")]
    [InlineData("keys revoke current --wait NaN")]
    [InlineData("watch --duration NaN")]
    [InlineData("watch --duration 00:00:05")]
    public async Task An_ambiguous_or_invalid_duration_is_refused_with_the_name_of_its_option(string command)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);

        (await ToolRun.RunAsync([.. command.Split(' '), "--redis", redis.ConnectionString])).Fails(2, command.Split(' ')[^2]);
    }

    [Fact]
    public async Task An_empty_server_address_is_reported_with_the_name_of_its_option() =>
        (await ToolRun.RunAsync("keys", "list", "--redis", "")).Fails(2, "--redis (or REWT_REDIS) is empty");
}
