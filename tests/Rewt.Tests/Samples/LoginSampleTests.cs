using System.Net.Http.Json;

namespace Rewt.Tests.Samples;

/// <summary>Runs the login sample and the curl commands of docs/tenants.md.</summary>
public sealed partial class LoginSampleTests(LoginSampleTests.LoginServices services) : IClassFixture<LoginSampleTests.LoginServices>
{
    private const string DocumentedAddress = "localhost:5104";

    [Theory]
    [InlineData("own-secret", "true")]
    [InlineData("one-secret", "false")]
    [InlineData("session", "true")]
    public async Task The_curl_commands_of_the_page_print_the_documented_output(string name, string tenants)
    {
        Require.That(Executables.Find("bash") is not null && Executables.Find("curl") is not null, "needs bash and curl on the PATH");
        var (script, expected) = Block(name);
        var login = await services.LoginAsync(tenants);
        var revoked = await services.RevokedTenantsAsync();

        var printed = await RunAsync(script.Replace(DocumentedAddress, login.Client.BaseAddress!.Authority, StringComparison.Ordinal));

        printed.ShouldBe(expected);
        (await services.RevokedTenantsAsync() - revoked).ShouldBe(name == "own-secret" ? 1 : 0);
    }

    [Fact]
    public async Task Login_attempts_are_rate_limited()
    {
        // A separate process, because this test uses up the attempts.
        await using var login = await SampleService.StartAsync("Login", services.Redis);
        var statuses = new List<HttpStatusCode>();

        for (var attempt = 0; attempt < 25; attempt++)
        {
            using var response = await login.Client.PostAsJsonAsync(new Uri("/login", UriKind.Relative), new { userId = "ada", password = $"guess-{attempt}" }, Cancellation);
            statuses.Add(response.StatusCode);
        }

        statuses[0].ShouldBe(HttpStatusCode.Unauthorized);
        statuses.ShouldContain(HttpStatusCode.TooManyRequests);
        statuses.ShouldNotContain(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_user_token_is_valid_for_a_day_and_refused_by_service_endpoints()
    {
        var login = await services.LoginAsync("true");
        using var loginResponse = await login.Client.PostAsJsonAsync(new Uri("/login", UriKind.Relative), new { userId = "ada", password = "ada-secret" }, Cancellation);
        var token = await loginResponse.Content.ReadAsStringAsync(Cancellation);

        (await StatusAsync("/me", token)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("/users/ada", token)).ShouldBe(HttpStatusCode.Unauthorized);
        var read = new JsonWebToken(token);
        (read.ValidTo - read.IssuedAt).ShouldBe(TimeSpan.FromDays(1));

        async Task<HttpStatusCode> StatusAsync(string path, string bearer)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new("Bearer", bearer);
            using var response = await login.Client.SendAsync(request, Cancellation);
            return response.StatusCode;
        }
    }

    private static (string Script, string Expected) Block(string name)
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "tenants.md")).ReplaceLineEndings("\n");
        var block = Blocks().Matches(page).Single(match => match.Groups["name"].Value == name);
        return (block.Groups["script"].Value, block.Groups["expected"].Value);
    }

    private static async Task<string> RunAsync(string script)
    {
        using var directory = new ScratchDirectory();
        return (await Programs.OutputAsync("bash", ["-eu", "-c", script], directory.Path)).TrimEnd('\n');
    }

    [GeneratedRegex(@"<!-- curl: (?<name>[a-z-]+) -->\n```sh\n(?<script>.*?)\n```\n.*?```text\n(?<expected>.*?)\n```", RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Blocks();

    /// <summary>Starts a service, and the login sample with and without a key for each user.</summary>
    public sealed class LoginServices : WithServices
    {
        private readonly Dictionary<string, SampleService> _logins = new(StringComparer.Ordinal);
        private SampleService _shipping = null!;

        public RedisServer Redis { get; private set; } = null!;

        public override async ValueTask InitializeAsync()
        {
            Redis = await DisposeAfterTestAsync(RedisServer.StartAsync());
            _shipping = await DisposeAfterTestAsync(SampleService.StartAsync("Shipping", Redis));
        }

        public async Task<long> RevokedTenantsAsync() => (long)(await Redis.CommandAsync("ZCARD", "{users:rewt-secret}:tenants"))!;

        internal async Task<SampleService> LoginAsync(string tenants)
        {
            if (!_logins.TryGetValue(tenants, out var login))
            {
                login = await DisposeAfterTestAsync(SampleService.StartAsync("Login", Redis, "--Rewt:Schemes:Users:Tenants:Enabled", tenants, "--Services:shipping", _shipping.Address));
                _logins.Add(tenants, login);
            }

            return login;
        }
    }
}
