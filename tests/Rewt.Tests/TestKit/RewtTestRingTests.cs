namespace Rewt.Tests.TestKit;

public sealed class RewtTestRingTests
{
    [Fact]
    public async Task AddRewtTesting_may_precede_the_registrations_of_the_application()
    {
        await using var ring = new RewtTestRing();
        await using var host = await TestService.HostAsync(
            builder =>
            {
                builder.Services.AddRewtTesting(ring);
                builder.Services.AddRewtAuthentication(options => options.ServiceName = "inventory");
            },
            inProcess: true);

        using var client = host.ClientOf("orders");

        (await KitService.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        host.Services.GetRequiredService<TimeProvider>().ShouldBeSameAs(ring.Clock);
    }

    [Fact]
    public async Task A_host_without_a_given_ring_has_its_own_in_its_container()
    {
        await using var one = await KitService.StartAsync(null);
        await using var other = await KitService.StartAsync(null);

        var token = await one.Services.GetRequiredService<RewtTestRing>().CreateTokenAsync("orders", "inventory", cancellationToken: Cancellation);

        (await one.SendAsync(token)).ShouldBe(HttpStatusCode.OK);
        (await other.SendAsync(token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(KeyMode.SharedSecret)]
    [InlineData(KeyMode.KeyPair)]
    public async Task A_token_remains_valid_after_a_rotation_and_is_refused_after_a_revocation(KeyMode mode)
    {
        await using var ring = new RewtTestRing();
        await using var first = await KitService.StartAsync(ring, options => options.KeyMode = mode);
        await using var second = await KitService.StartAsync(ring, options => (options.KeyMode, options.ServiceName) = (mode, "shipping"));
        var old = await ring.CreateTokenAsync("orders", "inventory", cancellationToken: Cancellation);
        (await first.SendAsync(old)).ShouldBe(HttpStatusCode.OK);

        await ring.RotateAsync(cancellationToken: Cancellation);
        var current = await ring.CreateTokenAsync("orders", "inventory", cancellationToken: Cancellation);
        var shippingToken = await ring.CreateTokenAsync("orders", "shipping", cancellationToken: Cancellation);
        KeyOf(current).ShouldNotBe(KeyOf(old));
        (await first.SendAsync(old)).ShouldBe(HttpStatusCode.OK);
        (await first.SendAsync(current)).ShouldBe(HttpStatusCode.OK);
        (await second.SendAsync(shippingToken)).ShouldBe(HttpStatusCode.OK);

        await ring.RevokeCurrentKeyAsync(cancellationToken: Cancellation);
        (await first.SendAsync(current)).ShouldBe(HttpStatusCode.Unauthorized);
        (await second.SendAsync(shippingToken)).ShouldBe(HttpStatusCode.Unauthorized);
        (await first.SendAsync(old)).ShouldBe(HttpStatusCode.OK);
        using var client = first.ClientOf("orders");
        (await KitService.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_revoked_by_the_host_itself_is_no_longer_used_by_its_clients()
    {
        await using var host = await KitService.StartAsync(null);
        using var client = host.ClientOf("orders");
        var keys = host.Services.GetRequiredService<IRewtKeyRing>();

        for (var round = 0; round < 5; round++)
        {
            (await KitService.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
            await keys.RevokeAsync((await keys.GetAsync(Cancellation)).Current!.KeyId, Cancellation);
        }
    }

    [Fact]
    public async Task Advancing_the_clock_by_a_day_rotates_the_key()
    {
        await using var ring = new RewtTestRing();
        await using var host = await KitService.StartAsync(ring);
        var before = await ring.CreateTokenAsync("orders", "inventory", cancellationToken: Cancellation);

        ring.Clock.Advance(TimeSpan.FromHours(24));
        var after = await ring.CreateTokenAsync("orders", "inventory", cancellationToken: Cancellation);

        KeyOf(after).ShouldNotBe(KeyOf(before));
        (await host.SendAsync(after)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(KeyMode.SharedSecret)]
    [InlineData(KeyMode.KeyPair)]
    public async Task A_revocation_during_an_outage_takes_effect_when_the_outage_ends(KeyMode mode)
    {
        await using var ring = new RewtTestRing();
        await using var host = await KitService.StartAsync(ring, options => options.KeyMode = mode);
        var token = await ring.CreateTokenAsync("orders", "inventory", cancellationToken: Cancellation);
        (await host.SendAsync(token)).ShouldBe(HttpStatusCode.OK);

        ring.SimulateOutage();
        await ring.RevokeCurrentKeyAsync(cancellationToken: Cancellation);
        (await host.SendAsync(token)).ShouldBe(HttpStatusCode.OK, "the host cannot learn of the revocation during the outage");

        await ring.EndOutageAsync(Cancellation);
        (await host.SendAsync(token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_host_that_starts_during_an_outage_returns_503_until_it_ends()
    {
        await using var ring = new RewtTestRing();
        ring.SimulateOutage();
        await using var host = await KitService.StartAsync(ring);
        using var client = host.ClientOf("orders");

        (await KitService.StatusAsync(client)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => host.Services.GetRequiredService<IRewtKeyRing>().RotateAsync(Cancellation));
        await ring.EndOutageAsync(Cancellation);

        (await KitService.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Each_tenant_has_its_own_keys()
    {
        await using var ring = new RewtTestRing();
        await using var host = await KitService.StartAsync(ring, options => options.Tenants.Enabled = true);
        using var acme = host.ClientOf("orders", "acme");
        using var globex = host.ClientOf("orders", "globex");
        using var anonymous = host.ClientOf("orders");
        var old = await ring.CreateTokenAsync("orders", "inventory", tenant: "acme", cancellationToken: Cancellation);

        (await KitService.StatusAsync(acme)).ShouldBe(HttpStatusCode.OK);
        (await KitService.StatusAsync(globex)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync(old)).ShouldBe(HttpStatusCode.OK);
        (await ring.VerifyAsync(old, "inventory", "acme", cancellationToken: Cancellation)).IsValid.ShouldBeTrue();
        await ring.RevokeTenantAsync("acme", cancellationToken: Cancellation);

        (await host.SendAsync(old)).ShouldBe(HttpStatusCode.Unauthorized);
        (await KitService.StatusAsync(acme)).ShouldBe(HttpStatusCode.OK);
        (await KitService.StatusAsync(globex)).ShouldBe(HttpStatusCode.OK);
        (await Should.ThrowAsync<InvalidOperationException>(() => KitService.StatusAsync(anonymous))).Message.ShouldContain("Rewt:Tenants");
        await using var withoutTenants = await KitService.StartAsync(null);
        using var tenantClient = withoutTenants.ClientOf("orders", "acme");
        (await Should.ThrowAsync<InvalidOperationException>(() => KitService.StatusAsync(tenantClient))).Message.ShouldContain("Rewt:Tenants");
        await ring.RotateAsync(cancellationToken: Cancellation);
        (await KitService.StatusAsync(acme)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_named_scheme_has_its_own_keys()
    {
        await using var ring = new RewtTestRing();
        await using var host = await KitService.StartAsync(ring, configureSchemes: schemes => schemes.AddRewt("Users", options => options.Namespace = "users"));
        using var user = host.Client().WithRewtIdentity("login", scheme: "Users");
        using var service = host.ClientOf("orders");
        using var unknown = host.Client().WithRewtIdentity("login", scheme: "Guests");
        var token = await ring.CreateTokenAsync("login", "inventory", scheme: "Users", cancellationToken: Cancellation);

        (await KitService.StatusAsync(user, "/users")).ShouldBe(HttpStatusCode.OK);
        (await KitService.StatusAsync(user)).ShouldBe(HttpStatusCode.Unauthorized);
        (await KitService.StatusAsync(service)).ShouldBe(HttpStatusCode.OK);
        await ring.RevokeCurrentKeyAsync(cancellationToken: Cancellation);
        (await host.SendAsync(token, "/users")).ShouldBe(HttpStatusCode.OK, "only the key of the default scheme was revoked");
        await ring.RevokeCurrentKeyAsync(scheme: "Users", cancellationToken: Cancellation);

        (await host.SendAsync(token, "/users")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Should.ThrowAsync<InvalidOperationException>(() => KitService.StatusAsync(unknown, "/users"))).Message.ShouldContain("'Guests'");
        (await Should.ThrowAsync<InvalidOperationException>(() => ring.RotateAsync("Guests", Cancellation))).Message.ShouldContain("'Guests'");
    }

    [Fact]
    public async Task A_test_ring_with_configured_keys_is_an_error_that_names_the_setting()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = key.ExportSubjectPublicKeyInfoPem();
        await using var ring = new RewtTestRing();
        await using var host = await KitService.StartAsync(ring, options => options.VerificationKeys = [pem]);
        using var client = host.ClientOf("orders");

        foreach (var use in new Func<Task>[]
        {
            () => KitService.StatusAsync(client),
            () => ring.CreateTokenAsync("orders", "inventory", cancellationToken: Cancellation),
            () => ring.RotateAsync(cancellationToken: Cancellation),
        })
        {
            (await Should.ThrowAsync<InvalidOperationException>(use)).Message.ShouldContain("VerificationKeys");
        }
    }

    [Fact]
    public async Task A_host_that_seals_with_its_own_protector_accepts_calls()
    {
        var protector = SealingKeys.TryRead([Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))], out _)!;
        await using var ring = new RewtTestRing();
        await using var host = await KitService.StartAsync(ring, options => options.Sealing.RequireSealed = true, services => services.AddSingleton<IRewtSecretProtector>(protector));
        using var client = host.ClientOf("orders");

        (await KitService.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        await ring.RotateAsync(cancellationToken: Cancellation);
        (await KitService.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_host_with_certificates_accepts_calls_of_services_without_certificates(bool hasCertificate, bool hasAuthorities)
    {
        var authority = TestAuthority.Root();
        using var certificate = authority.Issue("inventory");
        await using var ring = new RewtTestRing();
        await using var host = await KitService.StartAsync(ring, options =>
        {
            options.KeyMode = KeyMode.KeyPair;
            if (hasCertificate) options.Identity.CertificateFactory = () => [certificate];
            if (hasAuthorities) options.Identity.Authorities = [authority.Pem];
        });
        using var client = host.ClientOf("orders");

        (await KitService.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        var sent = await host.Tokens.CreateBearerAsync("shipping", cancellationToken: Cancellation);
        (await ring.VerifyAsync(sent, "shipping", cancellationToken: Cancellation)).Issuer.ShouldBe("inventory");
    }

    [Fact]
    public async Task A_host_without_AddRewtAuthentication_is_an_error_that_names_it()
    {
        await using var host = await TestService.HostAsync(builder => builder.Services.AddRewtTesting().AddAuthorization().AddAuthentication(), inProcess: true);
        using var client = host.ClientOf("orders");

        (await Should.ThrowAsync<InvalidOperationException>(() => KitService.StatusAsync(client))).Message.ShouldContain("AddRewtAuthentication");
    }

    [Fact]
    public async Task Trusted_apps_are_stored_in_memory_with_a_test_ring()
    {
        await using var ring = new RewtTestRing();
        await using var host = await KitService.StartAsync(ring, configureSchemes: schemes =>
        {
            schemes.AddRewt("Users", options => options.Namespace = "users");
            schemes.AddRewtApiKeys();
        });
        var made = await host.Services.GetRequiredService<IRewtApps>().AddAsync(new RewtApp("acme-mobile") { Audiences = ["inventory"] }, cancellationToken: Cancellation);
        using var client = host.Client();
        client.DefaultRequestHeaders.Add("X-Api-Key", made.Key);

        (await KitService.GetAsync(client)).ShouldBe("app:acme-mobile");
        ring.SimulateOutage();
        ring.Clock.Advance(TimeSpan.FromHours(2));
        (await KitService.StatusAsync(client)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        await ring.EndOutageAsync(Cancellation);

        (await KitService.GetAsync(client)).ShouldBe("app:acme-mobile");
    }

    [Fact]
    public async Task A_stopped_host_no_longer_uses_the_test_ring()
    {
        await using var ring = new RewtTestRing();
        await using (var stopped = await KitService.StartAsync(ring, options => options.Namespace = "gone"))
        {
            using var client = stopped.ClientOf("orders");
            (await KitService.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        }

        await using var host = await KitService.StartAsync(ring);
        await ring.RotateAsync(cancellationToken: Cancellation);

        (await host.SendAsync(await ring.CreateTokenAsync("orders", "billing-then", cancellationToken: Cancellation))).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.SendAsync(await ring.CreateTokenAsync("orders", "inventory", cancellationToken: Cancellation))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(KeyMode.SharedSecret)]
    [InlineData(KeyMode.KeyPair)]
    public async Task A_test_can_use_the_ring_while_another_test_stops_its_host(KeyMode mode)
    {
        await using var ring = new RewtTestRing();
        await using var host = await KitService.StartAsync(ring, options => options.KeyMode = mode);
        var stopping = await KitService.StartAsync(ring, options => (options.KeyMode, options.ServiceName) = (mode, "shipping"), services => services.AddSingleton<SlowDisposal>());
        var disposal = stopping.Services.GetRequiredService<SlowDisposal>();
        var stopped = Task.Run(async () => await stopping.DisposeAsync(), Cancellation);
        await disposal.Begun.Task.WaitAsync(Cancellation);

        var token = await ring.CreateTokenAsync("orders", "inventory", cancellationToken: Cancellation);
        await ring.RotateAsync(cancellationToken: Cancellation);
        await ring.EndOutageAsync(Cancellation);

        (await host.SendAsync(token)).ShouldBe(HttpStatusCode.OK);
        disposal.End.SetResult();
        await stopped;
    }

    private static string KeyOf(string token) => new JsonWebToken(token).Kid;

    /// <summary>A service whose disposal takes as long as the test decides. Services that were created before it are disposed afterwards.</summary>
    private sealed class SlowDisposal : IAsyncDisposable
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask DisposeAsync()
        {
            Begun.SetResult();
            await End.Task;
        }
    }
}
