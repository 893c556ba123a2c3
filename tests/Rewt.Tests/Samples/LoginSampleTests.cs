using System.Net.Http.Json;

namespace Rewt.Tests.Samples;

/// <summary>The log-in sample does what docs/tenants.md says: its curl lines are run as they stand there.</summary>
public sealed partial class LoginSampleTests(LoginSampleTests.Shop shop) : IClassFixture<LoginSampleTests.Shop>
{
    private const string Written = "localhost:5104";

    [Theory]
    [InlineData("own-secret", "true")]
    [InlineData("one-secret", "false")]
    [InlineData("session", "true")]
    public async Task The_curl_lines_of_the_page_print_what_it_says(string name, string tenants)
    {
        Require.That(Executables.Find("bash") is not null && Executables.Find("curl") is not null, "needs bash and curl on the PATH");
        var (script, expected) = Block(name);
        var login = await shop.LoginAsync(tenants);
        var revoked = await shop.RevokedTenantsAsync();

        var printed = await RunAsync(script.Replace(Written, login.Client.BaseAddress!.Authority, StringComparison.Ordinal));

        printed.ShouldBe(expected);
        (await shop.RevokedTenantsAsync() - revoked).ShouldBe(name == "own-secret" ? 1 : 0);
    }

    [Fact]
    public async Task Attempts_to_log_in_are_limited()
    {
        // A process of its own, because the others have no attempts left after this.
        await using var login = await SampleService.StartAsync("Login", shop.Redis);
        var statuses = new List<HttpStatusCode>();

        for (var attempt = 0; attempt < 25; attempt++)
        {
            using var answer = await login.Client.PostAsJsonAsync(new Uri("/login", UriKind.Relative), new { userId = "ada", password = $"guess-{attempt}" }, Cancellation);
            statuses.Add(answer.StatusCode);
        }

        statuses[0].ShouldBe(HttpStatusCode.Unauthorized);
        statuses.ShouldContain(HttpStatusCode.TooManyRequests);
        statuses.ShouldNotContain(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_users_token_is_none_of_a_service_and_lives_for_a_day()
    {
        var login = await shop.LoginAsync("true");
        using var answer = await login.Client.PostAsJsonAsync(new Uri("/login", UriKind.Relative), new { userId = "ada", password = "ada-secret" }, Cancellation);
        var token = await answer.Content.ReadAsStringAsync(Cancellation);

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

    /// <summary>A service, and a site where users log in, in each of the two ways to keep their secrets.</summary>
    public sealed class Shop : WithServices
    {
        private readonly Dictionary<string, SampleService> _logins = new(StringComparer.Ordinal);
        private SampleService _shipping = null!;

        public RedisServer Redis { get; private set; } = null!;

        public override async ValueTask InitializeAsync()
        {
            Redis = await EndingAsync(RedisServer.StartAsync());
            _shipping = await EndingAsync(SampleService.StartAsync("Shipping", Redis));
        }

        public async Task<long> RevokedTenantsAsync() => (long)(await Redis.CommandAsync("ZCARD", "{users:rewt-secret}:tenants"))!;

        internal async Task<SampleService> LoginAsync(string tenants)
        {
            if (!_logins.TryGetValue(tenants, out var login))
            {
                login = await EndingAsync(SampleService.StartAsync("Login", Redis, "--Rewt:Schemes:Users:Tenants:Enabled", tenants, "--Services:shipping", _shipping.Address));
                _logins.Add(tenants, login);
            }

            return login;
        }
    }
}
