namespace Rewt.Tests.Sending;

/// <summary>Tests which origins get a token: those of one client, and those of all clients of an application.</summary>
public sealed class ConfiguredOriginTests
{
    [Theory]
    [InlineData("base address")]
    [InlineData("base address from the container")]
    [InlineData("typed client")]
    [InlineData("allowed origins")]
    public async Task A_token_is_sent_only_to_the_origins_configured_for_the_client(string kind)
    {
        await using var callee = await Callee.StartAsync();
        await using var otherOrigin = await Callee.StartAsync();
        await using var sender = Sender.Create(services =>
        {
            services.AddSingleton(callee.Address);
            var builder = kind switch
            {
                "base address" => services.AddHttpClient("inventory", client => client.BaseAddress = callee.Address).AddRewtSigning(),
                "base address from the container" => services
                    .AddHttpClient("inventory", (provider, client) => client.BaseAddress = provider.GetRequiredService<Uri>()).AddRewtSigning("inventory"),
                "typed client" => services
                    .AddHttpClient<TypedClient>("inventory", (provider, client) => client.BaseAddress = provider.GetRequiredService<Uri>()).AddRewtSigning(),
                _ => services.AddHttpClient("inventory").AddRewtSigning(options => options.AllowedOrigins.Add(callee.Address.GetLeftPart(UriPartial.Authority))),
            };
            builder.Name.ShouldBe("inventory");
        });
        var client = sender.Http();

        (await client.GetAsync(new Uri(callee.Address, "/a"), Cancellation)).Dispose();
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => client.GetAsync(otherOrigin.Address, Cancellation));

        callee.Requests.Single().Token.ShouldNotBeNull();
        otherOrigin.Requests.ShouldBeEmpty();
        refused.Message.ShouldContain("'inventory'");
        refused.Message.ShouldContain(otherOrigin.Address.GetLeftPart(UriPartial.Authority));
        refused.Message.ShouldContain("Add the origin to RewtSigningOptions.AllowedOrigins only if it is a service of your own");
    }

    [Fact]
    public async Task A_base_address_that_the_application_changes_is_allowed_for_new_clients()
    {
        await using var former = await Callee.StartAsync();
        await using var next = await Callee.StartAsync();
        await using var otherOrigin = await Callee.StartAsync();
        Uri? address = former.Address;
        await using var sender = Sender.Create(services => services.AddHttpClient("inventory", client => client.BaseAddress = address).AddRewtSigning("inventory"));
        (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.OK);

        address = next.Address;

        (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.OK);
        next.Requests.Single().Token.ShouldNotBeNull();
        await Should.ThrowAsync<InvalidOperationException>(() => sender.Http().GetAsync(otherOrigin.Address, Cancellation));
        await Should.ThrowAsync<InvalidOperationException>(() => sender.Http().GetAsync(former.Address, Cancellation));

        address = null;

        for (var call = 0; call < 2; call++) await Should.ThrowAsync<InvalidOperationException>(() => sender.Http().GetAsync(otherOrigin.Address, Cancellation));
        otherOrigin.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Rewt")]
    [InlineData("")]
    public async Task The_main_scheme_signs_also_by_its_name(string scheme)
    {
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.Create(services =>
        {
            services.AddRewtKeys("Rewt");
            services.AddRewtInMemoryKeys();
            services.AddHttpClient("inventory", client => client.BaseAddress = callee.Address).AddRewtSigning("inventory", options => options.Scheme = scheme);
        });
        sender.Validate();

        (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.OK);

        callee.Requests.Single().Token.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_client_without_a_configured_origin_signs_for_every_origin()
    {
        await using var one = await Callee.StartAsync();
        await using var two = await Callee.StartAsync();
        await using var sender = Sender.Create(services => services.AddHttpClient("inventory").AddRewtSigning());

        (await sender.Http().GetAsync(one.Address, Cancellation)).Dispose();
        (await sender.Http().GetAsync(two.Address, Cancellation)).Dispose();

        one.Requests.Single().Token.ShouldNotBeNull();
        two.Requests.Single().Token.ShouldNotBeNull();
    }

    [Fact]
    public async Task Signing_for_all_clients_leaves_requests_to_other_origins_unsigned()
    {
        await using var callee = await Callee.StartAsync();
        await using var otherOrigin = await Callee.StartAsync();
        await using var sender = Sender.Create(services => services
            .ConfigureHttpClientDefaults(defaults => defaults.AddRewtSigning(options => options.AllowedOrigins.Add(Authority(callee)))));
        sender.Validate();

        (await sender.Http("any").GetAsync(callee.Address, Cancellation)).Dispose();
        (await sender.Http("any").GetAsync(otherOrigin.Address, Cancellation)).Dispose();
        using var synchronous = new HttpRequestMessage(HttpMethod.Get, otherOrigin.Address);
        sender.Http("any").Send(synchronous, Cancellation).Dispose();

        callee.Requests.Single().Token.ShouldNotBeNull();
        otherOrigin.Requests.Count.ShouldBe(2);
        otherOrigin.Requests.ShouldAllBe(request => request.Authorization.Count == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_redirect_out_of_the_allowed_origins_of_all_clients_carries_no_token(bool copies)
    {
        await using var otherOrigin = await Callee.StartAsync();
        await using var callee = await Callee.StartAsync((context, _) => AsTask(() => context.Response.Redirect(otherOrigin.Address.AbsoluteUri)));
        await using var sender = Sender.Create(services => services.ConfigureHttpClientDefaults(defaults => defaults
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false })
            .AddHttpMessageHandler(() => CallbackHandler.FollowRedirect(copies))
            .AddRewtSigning(options => options.AllowedOrigins.Add(Authority(callee)))));

        (await sender.Http("any").GetAsync(callee.Address, Cancellation)).Dispose();

        callee.Requests.Single().Token.ShouldNotBeNull();
        otherOrigin.Requests.Single().Authorization.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_handler_after_signing_for_all_clients_cannot_move_a_token_to_another_origin()
    {
        await using var otherOrigin = await Callee.StartAsync();
        await using var sender = Sender.Create(services => services.ConfigureHttpClientDefaults(defaults => defaults
            .AddRewtSigning(options => options.AllowedOrigins.Add("https://inventory.example"))
            .AddHttpMessageHandler(() => CallbackHandler.ChangeAddress(otherOrigin.Address.AbsoluteUri))));

        var error = await Should.ThrowAsync<InvalidOperationException>(() => sender.Http("any").GetAsync(new Uri("https://inventory.example"), Cancellation));

        error.Message.ShouldNotContain("AllowedOrigins");
        otherOrigin.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_for_another_origin_is_not_buffered_when_all_clients_sign(bool isSynchronous)
    {
        using var stream = new SingleReadStream(new byte[10], canSeek: true);
        using var body = new MemoryStream();
        var otherOriginHandler = new StubHandler(request =>
        {
            stream.Position.ShouldBe(0);
            request.Content!.CopyTo(body, null, Cancellation);
            return new HttpResponseMessage();
        });
        await using var sender = Sender.Create(services => services.ConfigureHttpClientDefaults(defaults => defaults
            .AddRewtSigning(options => options.AllowedOrigins.Add("https://inventory.example"))
            .ConfigurePrimaryHttpMessageHandler(() => otherOriginHandler)));
        using var content = new StreamContent(stream);
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://stranger.example") { Content = content };

        using var response = isSynchronous ? sender.Http("any").Send(request, Cancellation) : await sender.Http("any").SendAsync(request, Cancellation);

        otherOriginHandler.Sent.ShouldHaveSingleItem().Authorization.ShouldBeNull();
        body.Length.ShouldBe(10);
    }

    [Fact]
    public async Task A_client_with_its_own_signing_may_call_origins_not_allowed_for_all_clients()
    {
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.Create(services =>
        {
            services.ConfigureHttpClientDefaults(defaults => defaults.AddRewtSigning(options => options.AllowedOrigins.Add("https://billing.example")));
            services.AddHttpClient("inventory", client => client.BaseAddress = callee.Address).AddRewtSigning("inventory");
        });

        (await sender.Http().CallAsync("/a")).Dispose();

        callee.Requests.Single().Jwt.Audiences.ShouldBe(["inventory"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_with_its_own_signing_uses_its_own_audience_and_retries_once(bool isSynchronous)
    {
        await using var callee = await Callee.RefusingAsync("Bearer error=\"invalid_token\", rewt_error=\"stale_key\"");
        await using var sender = Sender.Create(services =>
        {
            services.ConfigureHttpClientDefaults(defaults => defaults.AddRewtSigning(options => options.AllowedOrigins.Add(Authority(callee))));
            services.AddHttpClient("inventory", client => client.BaseAddress = callee.Address).AddRewtSigning("inventory");
        });

        callee.BeforeResponse = sender.RevokeCurrentKeyAsync;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a");
        using var response = isSynchronous ? sender.Http().Send(request, Cancellation) : await sender.Http().SendAsync(request, Cancellation);

        callee.Requests.Count.ShouldBe(2);
        callee.Requests.ShouldAllBe(request => request.Jwt.Audiences.Single() == "inventory");
        sender.Retries.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_with_its_own_scheme_is_not_retried_because_the_scheme_for_all_clients_has_another_key(bool isSynchronous)
    {
        await using var callee = await Callee.RefusingAsync("Bearer error=\"invalid_token\", rewt_error=\"stale_key\"");
        await using var sender = Sender.Create(services =>
        {
            services.AddRewtKeys("Partner", options => options.Namespace = "partner");
            // The keys of the two namespaces differ.
            services.AddRewtInMemoryKeys();
            services.ConfigureHttpClientDefaults(defaults => defaults.AddRewtSigning(options => options.AllowedOrigins.Add(Authority(callee))));
            services.AddHttpClient("inventory", client => client.BaseAddress = callee.Address).AddRewtSigning("inventory", options => options.Scheme = "Partner");
        });

        using var request = new HttpRequestMessage(HttpMethod.Get, "/a");
        using var response = isSynchronous ? sender.Http().Send(request, Cancellation) : await sender.Http().SendAsync(request, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        callee.Requests.Count.ShouldBe(1, "the key of the partner's scheme is still current");
    }

    [Theory]
    [InlineData("inventory")]
    [InlineData("https://inventory.example/path")]
    [InlineData("https://user@inventory.example")]
    [InlineData("/relative")]
    public async Task An_invalid_allowed_origin_fails_options_validation(string origin)
    {
        await using var sender = Sender.For(new Uri("https://inventory.example"), options => options.AllowedOrigins.Add(origin));

        Should.Throw<OptionsValidationException>(sender.Validate).Message.ShouldContain("AllowedOrigins");
    }

    [Fact]
    public async Task Signing_for_all_clients_without_AllowedOrigins_fails_options_validation()
    {
        await using var sender = Sender.Create(services => services.ConfigureHttpClientDefaults(defaults => defaults.AddRewtSigning()));

        Should.Throw<OptionsValidationException>(sender.Validate).Message.ShouldContain("AllowedOrigins");
    }

    [Fact]
    public async Task Options_validation_reports_all_errors_of_a_client_together()
    {
        await using var sender = Sender.For(new Uri("https://inventory.example"), options =>
        {
            options.Audience = "no name";
            options.MaxBufferedBodyBytes = -1;
            options.ForwardClaims.Add("userId");
            options.ForwardClaims.Add("exp");
        });

        var errors = Should.Throw<OptionsValidationException>(sender.Validate).Failures.ToList();

        errors.ShouldAllBe(error => error.Contains("'inventory'", StringComparison.Ordinal));
        errors.Count(error => error.Contains(": Audience", StringComparison.Ordinal)).ShouldBe(1);
        errors.Count(error => error.Contains(": MaxBufferedBodyBytes", StringComparison.Ordinal)).ShouldBe(1);
        errors.Count(error => error.Contains("AddRewtAuthentication", StringComparison.Ordinal)).ShouldBe(1);
        errors.Count(error => error.Contains("'exp'", StringComparison.Ordinal)).ShouldBe(1);
    }

    private static string Authority(Callee callee) => callee.Address.GetLeftPart(UriPartial.Authority);

    private sealed class TypedClient(HttpClient http)
    {
        public HttpClient Http => http;
    }
}
