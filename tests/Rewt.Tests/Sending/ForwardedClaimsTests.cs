namespace Rewt.Tests.Sending;

public sealed class ForwardedClaimsTests
{
    [Fact]
    public async Task The_claims_of_a_user_are_forwarded_only_with_that_users_calls()
    {
        await using var callee = await Callee.StartAsync();
        await using var orders = await StartAsync(callee);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(user => CallAsUserAsync(orders, $"u-{user}")));
        await CallAsUserAsync(orders, null);

        var received = callee.Requests.Select(request => (Path: request.Path[1..], request.Jwt)).ToList();
        received.Count.ShouldBe(21);
        foreach (var (path, token) in received)
        {
            (token.TryGetClaim("userId", out var claim) ? claim.Value : "none").ShouldBe(path);
            token.TryGetClaim("other", out _).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Claims_set_on_the_request_override_claims_of_the_user()
    {
        await using var callee = await Callee.StartAsync();
        await using var orders = await StartAsync(callee);

        await CallAsUserAsync(orders, "u-1", "?as=u-2");

        callee.Requests.Single().Jwt.GetClaim("userId").Value.ShouldBe("u-2");
    }

    [Fact]
    public async Task A_call_outside_an_HTTP_request_forwards_no_claims_and_is_logged()
    {
        await using var callee = await Callee.StartAsync();
        await using var orders = await StartAsync(callee);
        await CallAsUserAsync(orders, "u-1");
        orders.Log.Text.ShouldNotContain("NoCallerToForward");

        (await orders.Client("inventory").CallAsync("/none")).Dispose();

        callee.Requests[1].Jwt.TryGetClaim("userId", out _).ShouldBeFalse();
        orders.Log.Text.ShouldContain("Debug NoCallerToForward: A call of the HTTP client inventory forwards no claims");
    }

    [Theory]
    [InlineData("""["reader","writer"]""")]
    [InlineData("""["reader",7,true,null,2.5,{"a":[1]},[2],[]]""")]
    [InlineData("7")]
    [InlineData("-3000000000")]
    [InlineData("9007199254740993")]
    [InlineData("0.5")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("\"true\"")]
    [InlineData("\"7\"")]
    [InlineData("\"2026-01-01T00:00:00Z\"")]
    [InlineData("\"{}\"")]
    [InlineData("""{"id":7,"tags":["a",null],"on":true}""")]
    [InlineData("\"J\u00fcrgen\"")]
    public async Task A_claim_is_forwarded_with_all_its_values_and_their_JSON_types(string json)
    {
        await using var callee = await Callee.StartAsync();
        await using var orders = await StartAsync(callee, "userId");
        using var document = JsonDocument.Parse(json);

        await CallAsUserAsync(orders, document.RootElement);

        using var sent = JsonDocument.Parse(Base64Url.DecodeFromChars(callee.Requests.Single().Jwt.EncodedPayload));
        var forwarded = sent.RootElement.GetProperty("userId");
        JsonElement.DeepEquals(forwarded, document.RootElement).ShouldBeTrue(forwarded.GetRawText());
    }

    [Fact]
    public async Task Claims_of_an_application_created_user_keep_their_value_types()
    {
        await using var callee = await Callee.StartAsync();
        Claim[] claims =
        [
            new("roles", "reader"), new("roles", "writer"),
            new("level", "7", ClaimValueTypes.Integer32), new("big", "9000000000", ClaimValueTypes.Integer64), new("on", "True", ClaimValueTypes.Boolean),
            new("odd", "seven", ClaimValueTypes.Integer), new("none", "maybe", ClaimValueTypes.Boolean), new("bad", "{", JsonClaimValueTypes.Json),
            new("sub", "CORP\\ada"), new("sub", "a second identity"),
        ];
        await using var orders = await StartAsync(callee, claims.Select(claim => claim.Type).Distinct().ToArray(), new ClaimsPrincipal(new ClaimsIdentity(claims, "test")));

        await CallAsUserAsync(orders, "any");

        using var sent = JsonDocument.Parse(Base64Url.DecodeFromChars(callee.Requests.Single().Jwt.EncodedPayload));
        string Sent(string name) => sent.RootElement.GetProperty(name).GetRawText();
        Sent("roles").ShouldBe("""["reader","writer"]""");
        (Sent("level"), Sent("big"), Sent("on")).ShouldBe(("7", "9000000000", "true"));
        (Sent("odd"), Sent("none"), Sent("bad")).ShouldBe(("\"seven\"", "\"maybe\"", "\"{\""));
        sent.RootElement.GetProperty("sub").GetString().ShouldBe("CORP\\ada");
    }

    [Fact]
    public async Task A_claim_renamed_by_JwtBearer_is_forwarded_under_its_original_name()
    {
        await using var callee = await Callee.StartAsync();
        var key = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32));
        var handler = new JsonWebTokenHandler { MapInboundClaims = true };
        var token = handler.CreateToken(new SecurityTokenDescriptor
        {
            Claims = new Dictionary<string, object> { ["sub"] = "ada", ["roles"] = new List<string> { "reader", "writer" } },
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256),
        });
        var user = await handler.ValidateTokenAsync(token, new TokenValidationParameters { IssuerSigningKey = key, ValidateIssuer = false, ValidateAudience = false });
        user.ClaimsIdentity.FindFirst("sub").ShouldBeNull();
        await using var orders = await StartAsync(callee, ["sub", "roles"], new ClaimsPrincipal(user.ClaimsIdentity));

        await CallAsUserAsync(orders, "any");

        var sent = callee.Requests.Single().Jwt;
        sent.Subject.ShouldBe("ada");
        sent.Claims.Where(claim => claim.Type == "roles").Select(claim => claim.Value).ShouldBe(["reader", "writer"]);
    }

    [Fact]
    public async Task Values_that_the_application_adds_under_the_original_name_are_forwarded_with_the_renamed_values()
    {
        await using var callee = await Callee.StartAsync();
        var user = new ClaimsIdentity([Renamed("reader"), Renamed("writer"), new Claim("roles", "auditor"), new Claim("roles", "reader")], "Bearer");
        await using var orders = await StartAsync(callee, ["roles"], new ClaimsPrincipal(user));

        await CallAsUserAsync(orders, "any");

        callee.Requests.Single().Jwt.Claims.Where(claim => claim.Type == "roles").Select(claim => claim.Value).ShouldBe(["auditor", "reader", "writer"], ignoreOrder: true);

        static Claim Renamed(string value) => new(ClaimTypes.Role, value) { Properties = { [JsonWebTokenHandler.ShortClaimTypeProperty] = "roles" } };
    }

    [Theory]
    [InlineData(null, "ada")]
    [InlineData("a-subject", "a-subject")]
    public async Task The_NameIdentifier_of_a_cookie_user_is_forwarded_as_sub_if_the_user_has_no_sub(string? sub, string expected)
    {
        await using var callee = await Callee.StartAsync();
        var user = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "ada")], "Cookies");
        if (sub is not null) user.AddClaim(new Claim("sub", sub));
        await using var orders = await StartAsync(callee, ["sub"], new ClaimsPrincipal(user));

        await CallAsUserAsync(orders, "any");

        callee.Requests.Single().Jwt.Subject.ShouldBe(expected);
    }

    [Theory]
    [InlineData("CORP\\ada")]
    [InlineData("J\u00fcrgen")]
    [InlineData("255")]
    [InlineData("\"Ada\" <ada@example.com>")]
    public async Task Any_valid_subject_is_forwarded_and_accepted(string subject)
    {
        if (subject == "255") subject = new string('s', 255);
        await using var callee = await Callee.StartAsync();
        await using var orders = await StartAsync(callee, "sub");

        await CallAsUserAsync(orders, subject, name: "sub");

        callee.Requests.Single().Jwt.Subject.ShouldBe(subject);
        (await orders.Tokens.VerifyBearerAsync(await orders.Tokens.CreateBearerAsync("orders", new Dictionary<string, object> { ["sub"] = subject }, Cancellation), Cancellation))
            .Identity!.FindFirst("sub")!.Value.ShouldBe(subject);
    }

    private static Task<TestService> StartAsync(Callee callee, string claim = "userId") => StartAsync(callee, [claim], null);

    private static Task<TestService> StartAsync(Callee callee, string[] claims, ClaimsPrincipal? principal) => TestService.StartAsync(
        redis: null,
        "orders",
        configure: builder => builder.Services
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug))
            .AddHttpClient("inventory", client => client.BaseAddress = callee.Address)
            .AddRewtSigning(options => options.ForwardClaims = claims),
        map: application => application.MapGet("/forward", async (HttpContext context, string? @as, IHttpClientFactory clients) =>
        {
            if (principal is not null) context.User = principal;
            using var request = new HttpRequestMessage(HttpMethod.Get, "/" + Uri.EscapeDataString(context.User.FindFirst("userId")?.Value ?? "none"));
            if (@as is not null) request.SetRewtClaims(new Dictionary<string, object> { ["userId"] = @as });
            using var response = await clients.CreateClient("inventory").SendAsync(request);
            return TypedResults.StatusCode((int)response.StatusCode);
        }).RequireAuthorization());

    private static async Task CallAsUserAsync(TestService orders, object? user, string query = "", string name = "userId")
    {
        var claims = new Dictionary<string, object> { ["other"] = "not forwarded" };
        if (user is not null) claims[name] = user;
        var token = await orders.Tokens.CreateBearerAsync("orders", claims, Cancellation);
        (await orders.CallAsync(token, "/forward" + query).StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }
}
