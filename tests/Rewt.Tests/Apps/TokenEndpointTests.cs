namespace Rewt.Tests.Apps;

/// <summary>Verifies the token endpoint against OAuth 2.0 client credentials (RFC 6749 §4.4).</summary>
public sealed class TokenEndpointTests : IAsyncLifetime
{
    private static readonly (string Name, string Value) Grant = ("grant_type", "client_credentials");

    private TestService _service = null!;
    private string _key = null!;

    private AuthenticationHeaderValue Basic => TokenRequests.Basic("acme", _key);

    public async ValueTask InitializeAsync()
    {
        _service = await AppService.StartAsync(apiKeys: options => options.TokenRequestsPerMinute = 10_000);
        _key = (await _service.AddAcmeAsync(audiences: ["orders", "inventory"], scopes: ["read", "write"])).Key;
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_API_key_in_the_Basic_header_or_form_is_exchanged_for_a_token(bool basic)
    {
        using var response = basic
            ? await TokenRequests.PostAsync(_service, Basic, Grant, ("audience", "orders"), ("scope", "read"))
            : await TokenRequests.PostAsync(_service, null, Grant, ("client_id", "acme"), ("client_secret", _key), ("audience", "orders"), ("scope", "read"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.CacheControl!.ToString().ShouldBe("no-store");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        var body = await TokenRequests.BodyAsync(response);
        body.EnumerateObject().Select(member => member.Name).ShouldBe(["access_token", "token_type", "expires_in", "scope"]);
        body.GetProperty("token_type").GetString().ShouldBe("Bearer");
        body.GetProperty("expires_in").GetInt64().ShouldBe(60);
        body.GetProperty("scope").GetString().ShouldBe("read");

        var token = body.GetProperty("access_token").GetString()!;
        var verified = await _service.Tokens.VerifyBearerAsync(token, Cancellation);
        (verified.IsValid, verified.Issuer, verified.ExpiresAt - verified.IssuedAt).ShouldBe((true, "app:acme", TimeSpan.FromSeconds(60)));
        (await _service.GetAsync("/acme-only", ("Authorization", "Bearer " + token)).StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("resource", "inventory")]
    [InlineData("audience", "inventory")]
    public async Task A_token_is_issued_for_the_requested_audience(string parameter, string audience)
    {
        var token = await TokenRequests.TokenAsync(_service, "acme", _key, (parameter, audience));

        using var call = await _service.GetAsync("/counted", ("Authorization", "Bearer " + token));

        call.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        call.Headers.WwwAuthenticate.ToString().ShouldContain("bad_audience");
    }

    [Theory]
    [InlineData("invalid_request", "scope=read")]
    [InlineData("invalid_request", "grant_type=")]
    [InlineData("invalid_request", "grant_type=client_credentials&grant_type=client_credentials&audience=orders")]
    [InlineData("invalid_request", "grant_type=client_credentials&audience=orders&audience=inventory")]
    [InlineData("invalid_request", "grant_type=client_credentials&audience=orders&scope=read&scope=write")]
    [InlineData("invalid_request", "grant_type=client_credentials&audience=orders&what=1&what=2")]
    [InlineData("invalid_request", "grant_type=client_credentials&audience=orders&client_secret=x")]
    [InlineData("invalid_request", "grant_type=client_credentials&audience=orders&client_id=other")]
    [InlineData("unsupported_grant_type", "grant_type=password&username=x&password=y")]
    [InlineData("unsupported_grant_type", "grant_type=CLIENT_CREDENTIALS")]
    [InlineData("invalid_target", "grant_type=client_credentials")]
    [InlineData("invalid_target", "grant_type=client_credentials&audience=shipping")]
    [InlineData("invalid_target", "grant_type=client_credentials&audience=rewt")]
    [InlineData("invalid_target", "grant_type=client_credentials&audience=Orders")]
    [InlineData("invalid_target", "grant_type=client_credentials&resource=https%3A%2F%2Forders.example")]
    [InlineData("invalid_target", "grant_type=client_credentials&audience=orders&resource=inventory")]
    [InlineData("invalid_scope", "grant_type=client_credentials&audience=orders&scope=admin")]
    [InlineData("invalid_scope", "grant_type=client_credentials&audience=orders&scope=read%20admin")]
    [InlineData("invalid_scope", "grant_type=client_credentials&audience=orders&scope=Read")]
    [InlineData("invalid_scope", "grant_type=client_credentials&audience=orders&scope=read%20%20write")]
    [InlineData("invalid_scope", "grant_type=client_credentials&audience=orders&scope=%20")]
    public async Task An_invalid_token_request_gets_400_and_the_error_of_RFC_6749(string error, string form)
    {
        using var content = new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded");
        using var response = await TokenRequests.PostAsync(_service, Basic, content);

        await ShouldBeAsync(response, HttpStatusCode.BadRequest, error);
        response.Headers.WwwAuthenticate.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_request_for_more_scopes_than_a_token_can_contain_gets_invalid_scope()
    {
        string[] scopes = [.. Enumerable.Range(0, 64).Select(number => $"{number:00}{new string('s', 126)}")];
        var key = (await _service.AddAcmeAsync("large", ["orders"], scopes)).Key;

        using var all = await TokenRequests.PostAsync(_service, TokenRequests.Basic("large", key), Grant);

        await ShouldBeAsync(all, HttpStatusCode.BadRequest, "invalid_scope");
        (await TokenRequests.BodyAsync(all)).GetProperty("error_description").GetString().ShouldBe("The token would be too long. Request fewer scopes");
        (await TokenRequests.TokenAsync(_service, "large", key, ("scope", scopes[0]))).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_wrong_client_secret_gets_401_with_a_challenge()
    {
        var other = (await _service.AddAcmeAsync("other")).Key;
        var credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes($"acme:{_key}"));
        AuthenticationHeaderValue?[] wrong =
        [
            TokenRequests.Basic("acme", _key[..^1]), TokenRequests.Basic("acme", other), TokenRequests.Basic("other", _key), TokenRequests.Basic("missing", _key),
            TokenRequests.Basic("acme", string.Empty), TokenRequests.Basic(string.Empty, _key), TokenRequests.Basic("ACME", _key), TokenRequests.Basic("app:acme", _key),
            TokenRequests.Basic("acme", new string('A', 5_000)), new("Basic"), new("Basic", "%"), new("Basic", "eA=="), new("Basic", "/////w=="), new("Bearer", credentials), new("ApiKey", _key), null,
        ];
        foreach (var authorization in wrong)
        {
            using var response = await TokenRequests.PostAsync(_service, authorization, Grant, ("audience", "orders"));
            await ShouldBeAsync(response, HttpStatusCode.Unauthorized, "invalid_client");
            response.Headers.WwwAuthenticate.ToString().ShouldStartWith("Basic realm=\"orders\"");
        }

        foreach (var (id, secret) in new[] { ("acme", other), ("other", _key), ("acme", string.Empty), (string.Empty, _key) })
        {
            using var response = await TokenRequests.PostAsync(_service, null, Grant, ("audience", "orders"), ("client_id", id), ("client_secret", secret));
            await ShouldBeAsync(response, HttpStatusCode.Unauthorized, "invalid_client");
        }

        using var escaped = await TokenRequests.PostAsync(_service, TokenRequests.Basic("ac%6De", _key.Replace("_", "%5F", StringComparison.Ordinal)), Grant, ("audience", "orders"));
        escaped.StatusCode.ShouldBe(HttpStatusCode.OK, "RFC 6749 §2.3.1: id and secret are form-encoded");
    }

    [Fact]
    public async Task A_body_that_is_not_a_form_or_is_too_large_is_refused()
    {
        HttpContent[] contents =
        [
            new StringContent("""{"grant_type":"client_credentials"}""", Encoding.UTF8, "application/json"),
            new MultipartFormDataContent { { new StringContent("client_credentials"), "grant_type" } },
            new ByteArrayContent("grant_type=client_credentials"u8.ToArray()),
            new StringContent("grant_type=client_credentials&x=" + new string('a', 20_000), Encoding.ASCII, "application/x-www-form-urlencoded"),
            new StringContent("grant_type=client_credentials&x=" + new string('a', 9_000), Encoding.ASCII, "application/x-www-form-urlencoded"),
            new StringContent(string.Join('&', Enumerable.Range(0, 100).Select(number => $"p{number}=x")), Encoding.ASCII, "application/x-www-form-urlencoded"),
        ];
        foreach (var content in contents)
        {
            using var response = await TokenRequests.PostAsync(_service, Basic, content);
            await ShouldBeAsync(response, HttpStatusCode.BadRequest, "invalid_request");
            content.Dispose();
        }

        (await _service.GetAsync("/token?grant_type=client_credentials").StatusAsync()).ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    /// <summary>A readable form without an audience gets <c>invalid_target</c>.</summary>
    [Theory]
    [InlineData("utf-7", "", "invalid_request")]
    [InlineData("UTF-7", "", "invalid_request")]
    [InlineData("\"utf-7\"", "", "invalid_target")]
    [InlineData("unicode-1-1-utf-7", "", "invalid_request")]
    [InlineData("utf-16", "", "invalid_request")]
    [InlineData("utf-16BE", "", "invalid_request")]
    [InlineData("utf-32", "", "invalid_request")]
    [InlineData("utf-8", "gzip", "invalid_request")]
    [InlineData("\"utf-8\"", "", "invalid_target")]
    [InlineData("us-ascii", "", "invalid_target")]
    [InlineData("x-unknown", "", "invalid_target")]
    [InlineData("\"", "", "invalid_request")]
    [InlineData("utf-8", "", "invalid_request", "&a=%&b=%00&d=%u0041")]
    [InlineData("utf-8", "", "invalid_target", "&b=%ED%A0%80")]
    public async Task A_form_of_any_charset_or_encoding_causes_no_server_error(string charset, string coding, string error, string parameters = "")
    {
        var form = Encoding.ASCII.GetBytes("grant_type=client_credentials" + parameters);
        using var compressed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(compressed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(form, Cancellation);
        using var content = new ByteArrayContent(coding == "gzip" ? compressed.ToArray() : form);
        content.Headers.TryAddWithoutValidation("Content-Type", $"application/x-www-form-urlencoded; charset={charset}");
        if (coding.Length > 0) content.Headers.ContentEncoding.Add(coding);

        using var response = await TokenRequests.PostAsync(_service, Basic, content);

        await ShouldBeAsync(response, HttpStatusCode.BadRequest, error);
    }

    [Fact]
    public async Task A_body_without_Content_Length_that_exceeds_the_limit_is_refused()
    {
        using var content = new StreamContent(new MemoryStream(Encoding.ASCII.GetBytes("grant_type=client_credentials&x=" + new string('a', 100_000))));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/token") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Authorization = Basic;

        using var response = await _service.Http.SendAsync(request, Cancellation);

        await ShouldBeAsync(response, HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task Token_requests_from_one_address_are_limited_with_Retry_After()
    {
        await using var service = await AppService.StartAsync(apiKeys: options => options.TokenRequestsPerMinute = 3);
        var key = (await service.AddAcmeAsync()).Key;
        var statuses = new List<HttpStatusCode>();
        for (var request = 0; request < 10; request++)
        {
            using var response = await TokenRequests.PostAsync(service, TokenRequests.Basic("acme", request == 0 ? key : "wrong"), Grant);
            statuses.Add(response.StatusCode);
            if (response.StatusCode != HttpStatusCode.TooManyRequests) continue;
            response.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
            (await TokenRequests.BodyAsync(response)).GetProperty("error").GetString().ShouldBe("slow_down");
        }

        // The limit may be reset once, if a minute ends during the test.
        statuses[0].ShouldBe(HttpStatusCode.OK);
        statuses.Count(status => status == HttpStatusCode.TooManyRequests).ShouldBeGreaterThanOrEqualTo(4);
        statuses.ShouldContain(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_request_limit_of_an_app_spans_all_addresses_and_ignores_wrong_keys()
    {
        await using var service = await AppService.StartAsync(apiKeys: options => options.TokenRequestsPerMinute = 3);
        var key = (await service.AddAcmeAsync()).Key;
        for (var guess = 0; guess < 10; guess++) (await RequestTokenFromAsync(service, 2, Rewt.Internal.ApiKeyFormat.Create("acme"))).ShouldNotBe(HttpStatusCode.OK);

        var statuses = new List<HttpStatusCode>();
        for (var address = 3; address < 33; address++) statuses.Add(await RequestTokenFromAsync(service, address, key));

        // Two of these addresses may share a group, and the limit may be reset once, if a minute ends during the test.
        statuses.Take(2).ShouldContain(HttpStatusCode.OK, "wrong keys do not count towards the limit of the app");
        statuses.Count(status => status == HttpStatusCode.OK).ShouldBeLessThanOrEqualTo(6);
        statuses.Count(status => status == HttpStatusCode.TooManyRequests).ShouldBeGreaterThanOrEqualTo(24);
    }

    [Fact]
    public void MapRewtTokenEndpoint_throws_if_AddRewtApiKeys_was_not_called()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddRewtInMemoryKeys();
        builder.Services.AddRewtAuthentication();
        var application = builder.Build();

        Should.Throw<InvalidOperationException>(() => application.MapRewtTokenEndpoint()).Message.ShouldContain("AddRewtApiKeys");
    }

    private static async Task<HttpStatusCode> RequestTokenFromAsync(TestService service, int address, string key)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)address]), 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Authorization = TokenRequests.Basic("acme", key);
        using var content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]);
        using var response = await client.PostAsync(new Uri("/token", UriKind.Relative), content, Cancellation);
        return response.StatusCode;
    }

    private static async Task ShouldBeAsync(HttpResponseMessage response, HttpStatusCode status, string error)
    {
        response.StatusCode.ShouldBe(status);
        var body = await TokenRequests.BodyAsync(response);
        body.GetProperty("error").GetString().ShouldBe(error);
        body.EnumerateObject().Select(member => member.Name).ShouldBe(["error", "error_description"]);
        response.Headers.CacheControl!.ToString().ShouldBe("no-store");
    }
}
