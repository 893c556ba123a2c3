using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Rewt.Tests.ConfiguredKeys;

namespace Rewt.Tests.Pairs;

/// <summary>Tests the life cycle of certificates: renewal, expiry, revocation, fleets with and without certificates, and receivers without Redis.</summary>
public sealed class CertificateTests : IAsyncLifetime
{
    private readonly TestAuthority _root = TestAuthority.Root();
    private readonly TestAuthority _issuing;
    private readonly ScratchDirectory _directory = new();
    private RedisServer _redis = null!;

    public CertificateTests() => _issuing = _root.Intermediate("issuing");

    public async ValueTask InitializeAsync() => _redis = await RedisServer.StartAsync(RedisServerKind.Real);

    public async ValueTask DisposeAsync()
    {
        _directory.Dispose();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Renewing_a_certificate_under_load_fails_no_call()
    {
        var (callers, interval, renewals) = (8, TimeSpan.FromSeconds(1), 4);
        var (calls, renewed) = (0, 0);
        using var stop = new CancellationTokenSource();
        Renew();
        var renewing = RenewAgainAsync();
        var senders = new List<Instance>();
        var receivers = new List<Instance>();
        var failures = new ConcurrentBag<string>();
        try
        {
            for (var index = 0; index < 2; index++)
            {
                senders.Add(await Instance.StartWarmAsync(_redis.ConnectionString, WithShortIntervals(Attesting("orders"))));
                receivers.Add(Instance.Start(_redis.ConnectionString, WithShortIntervals(Demanding("inventory"))));
            }

            var token = await senders[0].SignAsync();
            foreach (var receiver in receivers) await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => receiver.VerifyAsync(token)) is null, "the receiver has read its keys");
            var before = Volatile.Read(ref renewed);
            var load = Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(senders[caller % 2], receivers[caller / 2 % 2], stop.Token), Cancellation)).ToList();
            await Eventually.TrueAsync(() => Volatile.Read(ref renewed) >= before + renewals && Volatile.Read(ref calls) > callers * renewals, "the certificate has been renewed under load");
            await stop.CancelAsync();
            await Task.WhenAll([.. load, renewing]);
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var instance in senders.Concat(receivers)) await instance.DisposeAsync();
        }

        failures.Distinct().ShouldBeEmpty();

        void Renew() => WriteCertificate("orders", TimeProvider.System.GetUtcNow().AddSeconds(-1), TimeProvider.System.GetUtcNow().AddSeconds(15));

        async Task RenewAgainAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                await Task.Delay(interval, TimeProvider.System, CancellationToken.None);
                Renew();
                Interlocked.Increment(ref renewed);
            }
        }

        Action<RewtOptions> WithShortIntervals(Action<RewtOptions> settings) => options =>
        {
            settings(options);
            (options.RefreshInterval, options.RotationInterval) = (TimeSpan.FromMilliseconds(200), interval * 2);
        };

        async Task CallAsync(Instance sender, Instance receiver, CancellationToken end)
        {
            while (!end.IsCancellationRequested)
            {
                try
                {
                    var refusal = await receiver.VerifyAsync(await sender.SignAsync());
                    if (refusal != RewtRefusal.None) failures.Add(refusal.ToString());
                }
                catch (RewtKeysUnavailableException exception)
                {
                    failures.Add(exception.Message);
                }

                Interlocked.Increment(ref calls);
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    [Fact]
    public async Task A_service_with_an_expired_certificate_reports_it_as_the_reason_for_not_signing()
    {
        var now = TimeProvider.System.GetUtcNow();
        WriteCertificate("orders", now.AddHours(-2), now.AddHours(-1));
        await using var orders = Instance.Start(_redis.ConnectionString, Attesting("orders"));

        var message = (await Should.ThrowAsync<RewtKeysUnavailableException>(() => orders.SignAsync())).Message;
        message.ShouldContain("has no signing key. The certificate of this service expired");
        message.ShouldNotContain("Redis");
        orders.Provider.WantSigningKey();
        orders.Provider.Health().CanServe.ShouldBeFalse();
        orders.Provider.Health().DegradedReason.ShouldNotBeNull().ShouldContain("expired");

        WriteCertificate("orders");
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => orders.SignAsync()) is null, "the certificate has been renewed");
        orders.Provider.Health().CanServe.ShouldBeTrue();
    }

    [Fact]
    public async Task An_expired_certificate_prevents_only_new_keys_and_causes_an_earlier_warning()
    {
        await using var inventory = Instance.Start(_redis.ConnectionString, Demanding("inventory"));
        var (orders, expiry) = await StartBeforeExpiryAsync(inventory);
        await using var disposed = orders;
        orders.Log.Text.Split('\n').ShouldContain(line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("has not been renewed", StringComparison.Ordinal));

        await Eventually.TrueAsync(
            () => TimeProvider.System.GetUtcNow() > expiry.AddSeconds(1) && orders.Log.Text.Contains("no new key can be published: the published keys sign until they end", StringComparison.Ordinal), "the certificate has expired");
        orders.Provider.Health().DegradedReason.ShouldNotBeNull().ShouldContain("Renew the certificate");
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        (await Should.ThrowAsync<RewtKeysUnavailableException>(() => orders.Ring.RotateAsync(Cancellation))).Message.ShouldContain("were not rotated");
        // A receiver that reads the key only after the expiry cannot know when the key was published.
        await using var late = Instance.Start(_redis.ConnectionString, Demanding("late"));
        (await late.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.StaleKey);

        WriteCertificate("orders", expiry.AddHours(-1), expiry.AddHours(1));
        await Eventually.TrueAsync(async () => await late.VerifyAsync(await orders.SignAsync()) == RewtRefusal.None, "the same key is attested by the new certificate");
        orders.Log.Text.ShouldContain("the certificate has been renewed");
        orders.Provider.Health().DegradedReason.ShouldBeNull();
        await orders.Ring.RotateAsync(Cancellation);
    }

    /// <summary>Starts a service whose certificate expires soon. On a slow machine, repeats this with a longer validity until the service starts in time.</summary>
    private async Task<(Instance Orders, DateTimeOffset Expiry)> StartBeforeExpiryAsync(Instance inventory)
    {
        for (var seconds = 4; ; seconds *= 2)
        {
            var now = TimeProvider.System.GetUtcNow();
            var expiry = now.AddSeconds(seconds);
            WriteCertificate("orders", now.AddSeconds(-15 * seconds), expiry);
            var orders = Instance.Start(_redis.ConnectionString, Attesting("orders"));
            RewtRefusal? verdict = null;
            await Eventually.TrueAsync(
                async () => await Record.ExceptionAsync(async () => verdict = await inventory.VerifyAsync(await orders.SignAsync())) is null || TimeProvider.System.GetUtcNow() >= expiry,
                "the service signs or its certificate has expired");
            if (TimeProvider.System.GetUtcNow() < expiry)
            {
                verdict.ShouldBe(RewtRefusal.None);
                return (orders, expiry);
            }

            await orders.DisposeAsync();
        }
    }

    [Fact]
    public async Task Services_can_attest_their_keys_before_receivers_require_attestation()
    {
        WriteCertificate("orders");
        await using var orders = await Instance.StartWarmAsync(_redis.ConnectionString, Named("orders", options => Certify(options, "orders")));
        await using var billing = await Instance.StartWarmAsync(_redis.ConnectionString, Named("billing"));
        var foreign = PublishedPair.Generate();
        var untrusted = TestAuthority.Root("stranger");
        await foreign.PublishAsync(_redis, "shipping", foreign.Entry("shipping", foreign.Attest(untrusted.Issue("shipping"), [], service: "shipping")));
        await using var plain = Instance.Start(_redis.ConnectionString, Named("inventory"));
        await using var lenient = Instance.Start(_redis.ConnectionString, Demanding("inventory", options => options.Identity.AcceptUnattested = true));
        await using var strict = Instance.Start(_redis.ConnectionString, Demanding("inventory"));

        foreach (var receiver in new[] { plain, lenient, strict })
        {
            var isStrict = receiver == strict;
            (await receiver.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
            (await receiver.VerifyAsync(await billing.SignAsync())).ShouldBe(isStrict ? RewtRefusal.StaleKey : RewtRefusal.None);
            (await receiver.Tokens.VerifyBearerAsync(foreign.Bearer("shipping"), Cancellation)).Refusal.ShouldBe(isStrict ? RewtRefusal.StaleKey : RewtRefusal.None);
        }

        var keys = (await lenient.Ring.GetAsync(Cancellation)).Keys;
        keys.Where(key => key.Issuer == "orders").ShouldAllBe(key => key.AttestedBy == "spiffe://prod.example/orders" && key.AttestedUntil > TimeProvider.System.GetUtcNow());
        keys.Where(key => key.Issuer == "billing").ShouldAllBe(key => key.AttestedBy == null && key.AttestationNote == null);
        (await plain.Ring.GetAsync(Cancellation)).Keys.Where(key => key.Issuer == "orders").ShouldAllBe(key => key.AttestedBy == null && key.AttestationNote!.Contains("orders until"));
        lenient.Provider.Health().DegradedReason.ShouldNotBeNull().ShouldContain($"AcceptUnattested: shipping, {foreign.KeyId}: its certificate is not accepted");
        strict.Provider.Health().DegradedReason.ShouldNotBeNull().ShouldContain("it has no attestation by a certificate");
        await using (var service = await TestService.StartAsync(_redis.ConnectionString, "inventory", Demanding("inventory")))
        {
            await LogsAsync(service, await billing.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation), "is in Redis, but is refused: it has no attestation by a certificate; set Identity:CertificateFile in its service");
            await LogsAsync(service, foreign.Bearer("shipping"), "is in Redis, but is refused: its certificate is not accepted (PartialChain); add the root certificate to Identity:Authorities of this service");
        }

        WriteCertificate("billing");
        await using var certified = await Instance.StartWarmAsync(_redis.ConnectionString, Attesting("billing"));
        (await strict.VerifyAsync(await certified.SignAsync())).ShouldBe(RewtRefusal.None);
        (await plain.VerifyAsync(await certified.SignAsync())).ShouldBe(RewtRefusal.None);
    }

    /// <summary>Sends a token until the service logs the reason of its refusal. Equal reasons are logged once a second.</summary>
    private static Task LogsAsync(TestService service, string token, string reason) => Eventually.TrueAsync(
        async () =>
        {
            (await service.CallAsync(token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            return service.Log.Text.Contains(reason, StringComparison.Ordinal);
        },
        $"the log contains '{reason}'");

    [Fact]
    public async Task A_changed_revocation_list_or_authorities_file_takes_effect_while_the_service_runs()
    {
        var certificate = WriteCertificate("orders");
        var (bundle, list) = (_directory.Write("ca.pem", _root.Pem), _directory.Write("revoked.pem", _issuing.Revoke(_issuing.Issue("other"))));
        await using var orders = await Instance.StartWarmAsync(_redis.ConnectionString, Attesting("orders"));
        await using var inventory = Instance.Start(_redis.ConnectionString, Named("inventory", options =>
        {
            options.Identity.Authorities.Add(bundle);
            options.Identity.RevocationListFile = list;
        }));
        var token = await orders.SignAsync();
        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);

        _directory.Write("revoked.pem", _issuing.Revoke(certificate));
        await inventory.WaitUntilRefusedAsync(token);
        _directory.Write("revoked.pem", TestAuthority.Root("issuing").Revoke(certificate));
        await Eventually.TrueAsync(() => inventory.VerifiesAsync(token), "a list of another authority with the same name revokes nothing");
        _directory.Write("ca.pem", TestAuthority.Root("other").Pem);
        await inventory.WaitUntilRefusedAsync(token);
        _directory.Write("ca.pem", "half a file");
        _directory.Write("ca.pem", _root.Pem);
        await Eventually.TrueAsync(() => inventory.VerifiesAsync(token), "the authority is accepted again");
    }

    [Fact]
    public async Task Removing_an_authority_takes_effect_while_Redis_and_the_key_URL_are_unavailable()
    {
        WriteCertificate("orders");
        var bundle = _directory.Write("ca.pem", _root.Pem);
        await using var orders = await Instance.StartWarmAsync(_redis.ConnectionString, Attesting("orders"));
        await using var inventory = Instance.Start(_redis.ConnectionString, Named("inventory", options => options.Identity.Authorities.Add(bundle)));
        var token = await orders.SignAsync();
        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        var pair = PublishedPair.Generate();
        var download = new ScriptedDownload { Content = pair.ToJwks(pair.Attest(_issuing.Issue("orders"), _issuing.Intermediates())) };
        var settings = new RewtOptions { ServiceName = "inventory", VerificationKeys = ["https://orders.example/keys"] };
        settings.Identity.Authorities.Add(bundle);
        await using var source = new ConfiguredKeySource(settings, download, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await Eventually.TrueAsync(IsKnownAsync, "the key is known");

        await _redis.KillAsync();
        download.Failure = "away";
        source.RequestKeysOf("orders");
        (await IsKnownAsync()).ShouldBeTrue();
        await Eventually.TrueAsync(() => inventory.Provider.LastFailure is not null, "the outage is noticed");
        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);

        _directory.Write("ca.pem", TestAuthority.Root("other").Pem);
        await inventory.WaitUntilRefusedAsync(token);
        await Eventually.TrueAsync(async () => !await IsKnownAsync(), "the key is refused");

        async Task<bool> IsKnownAsync() => (await source.UpdateAsync(null, null, Cancellation))!.Known("orders", KeyId.Parse(pair.KeyId), ClockReading.Now(TimeProvider.System)) is { Count: > 0 };
    }

    [Fact]
    public async Task A_renewed_certificate_is_not_used_until_its_chain_is_valid()
    {
        WriteCertificate("orders");
        var options = new RewtOptions();
        Attesting("orders")(options);
        var identity = ServiceIdentity.Open(options, TimeProvider.System)!;
        var now = StoreTime.From(TimeProvider.System.GetUtcNow());
        var first = identity.Usable(now).ShouldNotBeNull();

        // The file contains only the first certificate of the chain.
        var (chain, key) = _issuing.PemFiles(_issuing.Issue("orders"));
        _directory.Write("orders.key", key);
        _directory.Write("orders.crt", chain[..(chain.IndexOf("-----END CERTIFICATE-----", StringComparison.Ordinal) + 25)]);
        await Eventually.TrueAsync(() => IsTrueAfterRefreshAsync(identity.Usable(now) == first && identity.State(now).Reason?.Contains("its own Identity:Authorities do not accept it", StringComparison.Ordinal) == true), "the health state names the problem");
        _directory.Write("orders.crt", chain);
        await Eventually.TrueAsync(() => IsTrueAfterRefreshAsync(identity.Usable(now) != first && identity.State(now).Reason is null), "the whole chain is used");

        async Task<bool> IsTrueAfterRefreshAsync(bool condition)
        {
            await identity.RefreshAsync(Cancellation);
            return condition;
        }
    }

    [Fact]
    public async Task A_receiver_without_Redis_checks_the_attestations_in_a_key_set()
    {
        var certificate = _issuing.Issue("orders");
        await using var orders = await TestService.StartAsync(
            null,
            "orders",
            options => (options.KeyMode, options.Identity.CertificateFactory) = (KeyMode.KeyPair, () => new X509Certificate2Collection { certificate, _issuing.Certificate, _root.Certificate }),
            map: application => application.MapRewtJwks());
        var set = await orders.Http.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative), Cancellation);
        var download = new ScriptedDownload { Content = set };
        await using var inventory = await ReceiverAsync(download, options => options.Identity.Authorities.Add(_root.Pem));
        var pair = PublishedPair.Generate();

        (await inventory.AskAsync(await orders.SignAsync("inventory"))).Status.ShouldBe(HttpStatusCode.OK);
        // The key is bound to the service that its certificate names.
        download.Content = $$"""{"keys":[{{Jwk(pair, pair.Attest(certificate, _issuing.Intermediates()))}}]}""";
        (await inventory.AskAsync(pair.Bearer("orders"))).Status.ShouldBe(HttpStatusCode.OK);
        (await inventory.AskAsync(pair.Bearer("billing"))).Text.ShouldContain("invalid");

        var bare = PublishedPair.Generate();
        download.Content = $$"""{"keys":[{{Jwk(bare, null)}},{{Jwk(pair, pair.Attest(certificate, _issuing.Intermediates()))}}]}""";
        (await inventory.AskAsync(bare.Bearer("orders"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        await using var lenient = await ReceiverAsync(download, options =>
        {
            options.Identity.Authorities.Add(_root.Pem);
            options.Identity.AcceptUnattested = true;
        });
        (await lenient.AskAsync(bare.Bearer("orders"))).Status.ShouldBe(HttpStatusCode.OK);

        static string Jwk(PublishedPair pair, string? attestation)
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer)) pair.Pair.Public.WriteTo(json, attestation);
            return Encoding.UTF8.GetString(buffer.ToArray());
        }
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task A_SPIRE_JWT_SVID_is_verified_with_the_bundle_of_its_trust_domain(string algorithm)
    {
        using AsymmetricAlgorithm key = algorithm == "ES256" ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(2048);
        var jwk = JsonDocument.Parse((key is RSA rsa ? Rewt.Internal.PublicKey.From(rsa, "RS256", KeyId.Parse("kid-of-spire")) : Rewt.Internal.PublicKey.From((ECDsa)key, KeyId.Parse("kid-of-spire"))).ToJwk()).RootElement.EnumerateObject()
            .Where(member => member.Name is not ("alg" or "use")).ToDictionary(member => member.Name, member => member.Value.GetString(), StringComparer.Ordinal);
        jwk["use"] = "jwt-svid";
        var authority = new Dictionary<string, object> { ["use"] = "x509-svid", ["kty"] = "EC", ["crv"] = "P-256", ["x5c"] = new[] { Convert.ToBase64String(_root.Certificate.RawData) } };
        var bundle = JsonSerializer.Serialize(new { keys = new object[] { authority, jwk }, spiffe_sequence = 1, spiffe_refresh_hint = 300 });
        await using var inventory = await ReceiverAsync(new ScriptedDownload { Content = bundle }, options => options.RequiredClaims = ["sub", "aud", "exp"]);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new { aud = new[] { "inventory" }, exp = now + 300, iat = now, sub = "spiffe://prod.example/ns/shop/sa/orders" };

        var (status, text) = await inventory.AskAsync(ForeignToken.Sign(key, claims, keyId: "kid-of-spire", algorithm: algorithm));
        status.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("sub=spiffe://prod.example/ns/shop/sa/orders");
        (await inventory.AskAsync(ForeignToken.Sign(key, claims with { aud = ["billing"] }, keyId: "kid-of-spire", algorithm: algorithm))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await inventory.AskAsync(ForeignToken.Sign(key, claims with { exp = now - 60, iat = now - 360 }, keyId: "kid-of-spire", algorithm: algorithm))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(0, false, "Redis access rules alone protect the names")]
    [InlineData(1, true, "until Identity:AcceptUnattested is removed")]
    [InlineData(1, false, "certificates of Identity:Authorities protect the names")]
    public void The_settings_summary_states_how_service_names_are_protected(int authorities, bool acceptUnattested, string text)
    {
        var options = new RewtOptions { KeyMode = KeyMode.KeyPair, ServiceName = "orders" };
        options.Identity.AcceptUnattested = acceptUnattested;
        for (var index = 0; index < authorities; index++) options.Identity.Authorities.Add(_root.Pem);

        new SettingsSummary(options, "Redis").Identity.ShouldEndWith(text);
    }

    [Fact]
    public async Task A_service_without_a_certificate_writes_no_attestation_and_logs_the_name_protection_once()
    {
        const string Tag = "{rewt:rewt-keys}";
        await using var orders = await TestService.StartAsync(_redis.ConnectionString, "orders", options => options.KeyMode = KeyMode.KeyPair);
        await orders.SignAsync("inventory");

        orders.Log.Text.Split('\n').Where(line => line.Contains("protect the names", StringComparison.Ordinal)).ShouldHaveSingleItem()
            .ShouldContain("Each issuer is proven by key pairs of its own; Redis access rules alone protect the names.");
        var keys = (await _redis.CommandAsync("KEYS", "*")).ShouldBeOfType<object?[]>().Cast<string>().ToList();
        keys.ShouldContain($"{Tag}:orders:keys");
        keys.ShouldBeSubsetOf([$"{Tag}:orders:keys", $"{Tag}:orders:epoch", $"{Tag}:instances"]);
        var entries = (await _redis.CommandAsync("HVALS", $"{Tag}:orders:keys")).ShouldBeOfType<object?[]>().Cast<string>().ToList();
        entries.Count.ShouldBe(2);
        foreach (var entry in entries) JsonDocument.Parse(entry).RootElement.EnumerateObject().Select(member => member.Name).ShouldBe(["crv", "kty", "x", "y", "alg", "kid", "use", "state", "until", "proof"]);
    }

    // cert-manager and the SPIFFE helpers write these formats.
    [Theory]
    [InlineData("RSA PRIVATE KEY")]
    [InlineData("EC PRIVATE KEY")]
    [InlineData("PRIVATE KEY")]
    public void A_private_key_file_in_any_common_PEM_format_can_attest_keys(string label)
    {
        using AsymmetricAlgorithm key = label == "RSA PRIVATE KEY" ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var bytes = label == "PRIVATE KEY" ? key.ExportPkcs8PrivateKey() : key is RSA rsa ? rsa.ExportRSAPrivateKey() : ((ECDsa)key).ExportECPrivateKey();
        var options = new RewtOptions();
        Demanding("orders")(options);
        options.Identity.CertificateFile = _directory.Write("tls.crt", _issuing.PemFiles(_issuing.Issue(TestAuthority.San("orders"), key: key)).Chain);
        options.Identity.KeyFile = _directory.Write("tls.key", PemEncoding.WriteString(label, bytes));
        var (identity, pair, now) = (ServiceIdentity.Open(options, TimeProvider.System)!, PublishedPair.Generate(), StoreTime.From(TimeProvider.System.GetUtcNow()));

        var attestation = identity.Usable(now)!.Attest(pair.Pair.Public, new("rewt", "orders"), now, now + TimeSpan.FromHours(1)).ToJson();

        identity.Policy!.Check(pair.Pair.Public, attestation, new("rewt", "orders"), now, null, out var problem).ShouldNotBeNull(problem);
    }

    [Fact]
    public void An_intermediate_certificate_that_expires_first_causes_a_warning()
    {
        var now = TimeProvider.System.GetUtcNow();
        var ending = _root.Intermediate("ending", ECDsa.Create(ECCurve.NamedCurves.nistP256), [], until: now.AddHours(1));
        var options = new RewtOptions();
        Demanding("orders")(options);
        var (chain, key) = ending.PemFiles(ending.Issue("orders"));
        (options.Identity.CertificateFile, options.Identity.KeyFile) = (_directory.Write("orders.crt", chain), _directory.Write("orders.key", key));
        var (identity, pair, at) = (ServiceIdentity.Open(options, TimeProvider.System)!, PublishedPair.Generate(), StoreTime.From(now));

        identity.State(at).ShouldSatisfyAllConditions(
            state => state.Level.ShouldBe(CertificateHealth.Ending),
            state => state.Problem.ShouldNotBeNull().ShouldStartWith("An intermediate certificate of this service expires at"));
        var attestation = identity.Usable(at)!.Attest(pair.Pair.Public, new("rewt", "orders"), at, at + TimeSpan.FromDays(1)).ToJson();
        var by = identity.Policy!.Check(pair.Pair.Public, attestation, new("rewt", "orders"), at, null, out var problem).ShouldNotBeNull(problem);
        by.Until.ShouldBe(AttestationPolicy.Validity(ending.Certificate).Until);
        // A receiver may have a newer root certificate that has issued the certificate of the service, so the keys are still published.
        identity.Usable(at + TimeSpan.FromHours(2)).ShouldNotBeNull();
        identity.State(at + TimeSpan.FromHours(2)).Level.ShouldBe(CertificateHealth.Ending);
    }

    [Fact]
    public async Task The_check_of_a_certificate_accesses_no_address_in_the_certificate()
    {
        var requests = 0;
        await using var server = await TestService.HostAsync(builder => builder.Services.AddRewtInMemoryKeys().AddRewtAuthentication(options => options.ServiceName = "ca"), application => application.MapGet("/ca/{file}", IResult (string file) =>
        {
            Interlocked.Increment(ref requests);
            return Results.Bytes(_issuing.Certificate.RawData);
        }));
        var address = new Uri(server.Address, "/ca/");
        var leaf = _issuing.Issue(TestAuthority.San("orders"), rights:
        [
            .. TestAuthority.Rights(isAuthority: false),
            new X509AuthorityInformationAccessExtension([$"{address}ocsp"], [$"{address}issuing.cer"]),
            CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([$"{address}issuing.crl"]),
        ]);
        var options = new RewtOptions();
        Demanding("inventory")(options);
        var (policy, pair, now) = (ServiceIdentity.Open(options, TimeProvider.System)!.Policy!, PublishedPair.Generate(), StoreTime.From(TimeProvider.System.GetUtcNow()));

        policy.Check(pair.Pair.Public, pair.Attest(leaf, []), new("rewt", "orders"), now, null, out _).ShouldBeNull();
        policy.Check(pair.Pair.Public, pair.Attest(leaf, _issuing.Intermediates()), new("rewt", "orders"), now, null, out var problem).ShouldNotBeNull(problem);

        requests.ShouldBe(0);
    }

    [Theory]
    [InlineData("CertificateFile", "missing.pem", "does not exist")]
    [InlineData("CertificateFile", "orders.key", "contains no certificate")]
    [InlineData("CertificateFile", "billing.crt", "does not name the service 'orders'")]
    [InlineData("KeyFile", "billing.key", "belongs to another certificate")]
    [InlineData("KeyFile", "orders.crt", "no private key")]
    [InlineData("Authorities:0", "issuing.pem", "not a root certificate")]
    [InlineData("Authorities:0", "orders.key", "contains no certificate")]
    [InlineData("RevocationListFile", "orders.crt", "no revocation list")]
    [InlineData("RevocationListFile", "truncated-list.pem", "incomplete or damaged PEM block")]
    [InlineData("Authorities:0", "truncated-root.pem", "incomplete or damaged PEM block")]
    [InlineData("CertificateFile", "truncated-chain.pem", "incomplete or damaged PEM block")]
    [InlineData("Names:0", "spiffe://prod.example/orders", "{service}")]
    [InlineData("KeyPairs", "SharedSecret", "set KeyMode to KeyPair")]
    [InlineData("CertificateFile", null, "CertificateFile is not")]
    [InlineData("Authorities:0", null, "has no effect without Authorities")]
    public void An_invalid_identity_setting_is_an_error_that_names_the_setting(string name, string? value, string error)
    {
        WriteCertificate("orders");
        WriteCertificate("billing");
        _directory.Write("issuing.pem", _issuing.Pem);
        _directory.Write("truncated-list.pem", $"{_root.Revoke()}\n{_issuing.Revoke(_issuing.Issue("other"))[..^40]}");
        _directory.Write("truncated-root.pem", $"{_root.Pem}\n{_root.Pem[..^40]}");
        _directory.Write("truncated-chain.pem", File.ReadAllText(_directory["orders.crt"])[..^40]);
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["CertificateFile"] = _directory["orders.crt"],
            ["KeyFile"] = _directory["orders.key"],
            ["Authorities:0"] = _root.Pem,
            ["RevocationListFile"] = _directory.Write("revoked.pem", _issuing.Revoke(_issuing.Issue("other"))),
        };
        if (name != "KeyPairs") settings[name] = value is null || name.StartsWith("Names", StringComparison.Ordinal) ? value : _directory[value];
        var services = new ServiceCollection();
        services.AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(Microsoft.Extensions.Configuration.MemoryConfigurationBuilderExtensions.AddInMemoryCollection(
            new Microsoft.Extensions.Configuration.ConfigurationBuilder(),
            settings.Where(setting => setting.Value is not null).Select(setting => KeyValuePair.Create($"Rewt:Identity:{setting.Key}", setting.Value))
                .Append(KeyValuePair.Create("Rewt:ServiceName", (string?)"orders")).Append(KeyValuePair.Create("Rewt:KeyMode", name == "KeyPairs" ? value : "KeyPair"))).Build());
        services.AddRewtKeys();
        using var provider = services.BuildServiceProvider();

        var message = Should.Throw<OptionsValidationException>(() => provider.GetRequiredService<IOptions<RewtOptions>>().Value).Message;
        message.ShouldContain("Rewt:Identity");
        message.ShouldContain(error);
        message.ShouldNotContain("PRIVATE KEY-----");
    }

    [Theory]
    [InlineData(KeyMode.KeyPair, KeyMode.SharedSecret, false, true)]
    [InlineData(KeyMode.SharedSecret, KeyMode.KeyPair, false, true)]
    [InlineData(KeyMode.KeyPair, KeyMode.SharedSecret, true, false)]
    [InlineData(KeyMode.KeyPair, null, false, false)]
    public void Authorities_cannot_be_combined_with_the_shared_secret_unless_AcceptUnattested_is_set(KeyMode mode, KeyMode? other, bool acceptUnattested, bool isError)
    {
        var options = new RewtOptions { ServiceName = "orders", KeyMode = mode, AlsoAccept = other };
        options.Identity.Authorities.Add(_root.Pem);
        options.Identity.AcceptUnattested = acceptUnattested;

        ConfiguredKeysValidator.Errors(options, canDownload: true).Any(problem => problem.Contains("remove AlsoAccept, or set Identity:AcceptUnattested until then", StringComparison.Ordinal)).ShouldBe(isError);
    }

    [Theory]
    [InlineData(KeyMode.KeyPair, true, 1)]
    [InlineData(KeyMode.SharedSecret, false, 0)]
    public void A_named_scheme_inherits_the_identity_of_the_main_settings_only_with_key_pairs(KeyMode mode, bool attests, int authorities)
    {
        WriteCertificate("orders");
        var services = new ServiceCollection();
        services.AddRewtKeys(options =>
        {
            (options.Redis, options.ServiceName, options.KeyMode) = ("localhost", "orders", KeyMode.KeyPair);
            (options.Identity.CertificateFile, options.Identity.KeyFile, options.Identity.Authorities) = (_directory["orders.crt"], _directory["orders.key"], [_root.Pem]);
        });
        services.AddRewtKeys("Partners", options => (options.Namespace, options.KeyMode) = ("partners", mode));
        using var provider = services.BuildServiceProvider();

        var identity = provider.GetRequiredService<IOptionsMonitor<RewtOptions>>().Get("Partners").Identity;

        (identity.Attests, identity.Demands, identity.Authorities.Count).ShouldBe((attests, attests, authorities));
    }

    [Fact]
    public void A_PKCS_12_file_is_read_with_its_password_and_chain()
    {
        var certificates = new X509Certificate2Collection { _issuing.Issue("orders"), X509CertificateLoader.LoadCertificate(_issuing.Certificate.RawData) };
        var options = new RewtOptions { ServiceName = "orders", KeyMode = KeyMode.KeyPair };
        options.Identity.CertificateFile = _directory["orders.pfx"];
        File.WriteAllBytes(_directory["orders.pfx"], certificates.Export(X509ContentType.Pkcs12, "secret")!);

        Should.Throw<PublicKeySourceException>(() => ServiceIdentity.Open(options, TimeProvider.System)).Message.ShouldContain("the password is wrong");
        options.Identity.Password = "secret";
        options.Identity.Authorities.Add(_root.Pem);
        var (identity, pair, now) = (ServiceIdentity.Open(options, TimeProvider.System)!, PublishedPair.Generate(), StoreTime.From(TimeProvider.System.GetUtcNow()));
        identity.Certificate!.Chain.Count.ShouldBe(2);
        // The private key can be used after the loaded certificates are disposed.
        var attestation = identity.Certificate.Attest(pair.Pair.Public, new("rewt", "orders"), now, now + TimeSpan.FromHours(1)).ToJson();
        identity.Policy!.Check(pair.Pair.Public, attestation, new("rewt", "orders"), now, null, out var problem).ShouldNotBeNull(problem);
    }

    [Fact]
    public void Files_with_a_byte_order_mark_can_be_used()
    {
        var (chain, key) = _issuing.PemFiles(_issuing.Issue("orders"));
        var options = new RewtOptions { ServiceName = "orders", KeyMode = KeyMode.KeyPair };
        options.Identity.CertificateFile = WriteMarked("tls.crt", chain);
        options.Identity.KeyFile = WriteMarked("tls.key", key);
        options.Identity.Authorities.Add(WriteMarked("ca.crt", _root.Pem));
        options.Identity.RevocationListFile = WriteMarked("ca.crl", _root.Revoke());

        var identity = ServiceIdentity.Open(options, TimeProvider.System)!;

        identity.Certificate!.Chain.Count.ShouldBe(2);
        identity.Policy.ShouldNotBeNull();

        string WriteMarked(string name, string text)
        {
            File.WriteAllText(_directory[name], text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            return _directory[name];
        }
    }

    [Fact]
    public void The_bytes_of_a_key_file_are_cleared_after_parsing()
    {
        var file = _directory.Write("a.key", "-----BEGIN PRIVATE KEY-----");
        byte[]? content = null;

        new ReloadedFiles<object>([file], contents => content = contents[0], TimeProvider.System).Read();

        content.ShouldNotBeNull().ShouldAllBe(value => value == 0);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_in_time_leaves_the_previous_content_in_use()
    {
        var time = new FakeTimeProvider();
        var file = _directory.Write("authorities.pem", "one");
        using var answer = new ManualResetEventSlim(initialState: true);
        var files = new ReloadedFiles<string>(
            [file],
            contents =>
            {
                var text = Encoding.UTF8.GetString(contents[0]);
                answer.Wait(Cancellation);
                return text;
            },
            time).Read();

        answer.Reset();
        _directory.Write("authorities.pem", "two");
        for (var attempt = 0; attempt < 3 && files.Failure is null; attempt++)
        {
            var refresh = files.RefreshAsync(Cancellation);
            time.Advance(TimeSpan.FromSeconds(5));
            await refresh;
        }

        files.Failure.ShouldNotBeNull().Message.ShouldContain($"the file '{file}' has not been read within");
        files.Value.ShouldBe("one");
        answer.Set();
        // The clock stands still, so the refresh waits until the read has ended.
        await files.RefreshAsync(Cancellation);
        (files.Value, files.Failure).ShouldBe(("two", null));
    }

    [Fact]
    public async Task A_delegate_that_returns_no_certificate_in_time_leaves_the_previous_certificate_in_use()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var (given, now) = (_issuing.Issue("orders"), StoreTime.From(time.GetUtcNow()));
        using var answer = new ManualResetEventSlim(initialState: true);
        var options = new RewtOptions { ServiceName = "orders", KeyMode = KeyMode.KeyPair };
        options.Identity.CertificateFactory = () =>
        {
            answer.Wait(Cancellation);
            return new X509Certificate2Collection { given, _issuing.Certificate };
        };
        var identity = ServiceIdentity.Open(options, time)!;
        var first = identity.Certificate.ShouldNotBeNull();
        await identity.RefreshAsync(Cancellation);
        identity.Certificate.ShouldBeSameAs(first);

        answer.Reset();
        given = _issuing.Issue("orders");
        for (var attempt = 0; attempt < 3 && identity.State(now).Unread is null; attempt++)
        {
            var refresh = identity.RefreshAsync(Cancellation);
            time.Advance(TimeSpan.FromSeconds(5));
            await refresh;
        }

        identity.State(now).Unread.ShouldBe("Identity:CertificateFactory has not returned within 10 s; what was read before stays in use.");
        identity.Certificate.ShouldBeSameAs(first);
        answer.Set();
        // The clock stands still, so the refresh waits until the delegate has returned.
        await identity.RefreshAsync(Cancellation);
        identity.State(now).Unread.ShouldBeNull();
        identity.Certificate.ShouldNotBeSameAs(first);
    }

    [Fact]
    public async Task A_revocation_list_of_several_megabytes_is_read_and_reloaded_when_it_changes()
    {
        var (revoked, later, builder) = (_issuing.Issue("orders"), _issuing.Issue("orders"), new CertificateRevocationListBuilder());
        for (var index = 0; index < 90_000; index++) builder.AddEntry(RandomNumberGenerator.GetBytes(16).Prepend((byte)1).ToArray());
        builder.AddEntry(revoked);
        var file = _directory.Write("revoked.pem", _issuing.Revoke(builder));
        new FileInfo(file).Length.ShouldBeGreaterThan(4_000_000);
        var options = new RewtOptions { ServiceName = "inventory", KeyMode = KeyMode.KeyPair };
        (options.Identity.Authorities, options.Identity.RevocationListFile) = ([_root.Pem], file);

        var identity = ServiceIdentity.Open(options, TimeProvider.System)!;

        (Problem(revoked), Problem(later)).ShouldBe(("its certificate is revoked", null));
        var policy = identity.Policy;
        await identity.RefreshAsync(Cancellation);
        identity.Policy.ShouldBeSameAs(policy);
        builder.AddEntry(later);
        _directory.Write("revoked.pem", _issuing.Revoke(builder));
        await Eventually.TrueAsync(
            async () =>
            {
                await identity.RefreshAsync(Cancellation);
                return Problem(later) == "its certificate is revoked";
            },
            "the list is read again");

        using (var endless = File.OpenWrite(file)) endless.SetLength(17 * 1024 * 1024);
        Should.Throw<PublicKeySourceException>(() => ServiceIdentity.Open(options, TimeProvider.System)).Message.ShouldContain("longer than 16384 KB");

        string? Problem(X509Certificate2 certificate)
        {
            var pair = PublishedPair.Generate();
            identity.Policy!.Check(pair.Pair.Public, pair.Attest(certificate, _issuing.Intermediates()), new("rewt", "orders"), StoreTime.From(TimeProvider.System.GetUtcNow()), null, out var problem);
            return problem;
        }
    }

    [Fact]
    public void A_revocation_list_may_contain_text_between_its_PEM_blocks() =>
        RevocationList.Read(Encoding.ASCII.GetBytes($"Lists of CN=root\n{_root.Revoke()}\nand CN=issuing -----\n{_issuing.Revoke()}\nend"), "test").Count.ShouldBe(2);

    [Fact]
    public async Task An_overdue_revocation_list_is_reported_and_still_revokes()
    {
        var (certificate, nextUpdate, builder) = (WriteCertificate("orders"), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), new CertificateRevocationListBuilder());
        builder.AddEntry(certificate);
        var (overdue, current) = (_issuing.Revoke(builder, nextUpdate), _issuing.Revoke());
        await using var orders = await Instance.StartWarmAsync(_redis.ConnectionString, Named("orders", options => Certify(options, "orders")));
        await using var inventory = Instance.Start(_redis.ConnectionString, Demanding("inventory", options => options.Identity.RevocationListFile = _directory.Write("revoked.pem", overdue)));

        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.StaleKey);
        var expected = $"The revocation list of 'CN=issuing' in the file '{_directory["revoked.pem"]}' is overdue since 2026-01-02 03:04:05Z.";
        inventory.Provider.Health().DegradedReason.ShouldNotBeNull().ShouldContain(expected);
        inventory.Log.Text.ShouldContain($"IdentityUnread: Key pairs of rewt: {expected}");

        _directory.Write("revoked.pem", $"{overdue}\n{current}");
        await Eventually.TrueAsync(() => inventory.Provider.Health().DegradedReason?.Contains("overdue", StringComparison.Ordinal) != true, "the file also contains a current list of the issuer");
    }

    [Fact]
    public void A_revocation_list_is_reported_as_foreign_only_if_its_issuer_is_certainly_no_authority()
    {
        var options = new RewtOptions { ServiceName = "inventory", KeyMode = KeyMode.KeyPair };
        options.Identity.Authorities.Add(_root.Pem);
        var now = StoreTime.From(TimeProvider.System.GetUtcNow());

        ProblemOf(_root.Revoke()).ShouldBeNull();
        ProblemOf(_issuing.Revoke()).ShouldBeNull("an intermediate authority has issued the list");
        ProblemOf(TestAuthority.Root().Revoke()).ShouldBe($"the file '{_directory["revoked.pem"]}' contains a revocation list that no certificate of Identity:Authorities has issued.");

        string? ProblemOf(string list)
        {
            options.Identity.RevocationListFile = _directory.Write("revoked.pem", list);
            return ServiceIdentity.Open(options, TimeProvider.System)!.State(now).Unread;
        }
    }

    [Fact]
    public void A_revocation_list_also_applies_to_certificates_of_the_former_key_of_its_authority()
    {
        var (former, renewed, other) = (TestAuthority.Root(), TestAuthority.Root(), TestAuthority.Root());
        using var certificate = former.Issue(TestAuthority.San("orders"));
        var list = RevocationList.Read(Encoding.ASCII.GetBytes(renewed.Revoke(certificate)), "test").ShouldHaveSingleItem();

        list.Revokes(certificate, former.Certificate, [former.Certificate, renewed.Certificate]).ShouldBeTrue();
        list.Revokes(certificate, former.Certificate, [former.Certificate, other.Certificate]).ShouldBeFalse("no configured authority has signed the list");
    }

    [Theory]
    [InlineData("an authority", "an authority", true)]
    [InlineData("an authority", "another authority", false)]
    public void A_revocation_list_applies_to_an_authority_whose_name_has_another_encoding(string listed, string named, bool isRevoked)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (now, generator) = (TimeProvider.System.GetUtcNow(), X509SignatureGenerator.CreateForECDsa(key));
        using var authority = new CertificateRequest(Name(named, UniversalTagNumber.PrintableString), key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var certificate = new CertificateRequest("CN=orders", key, HashAlgorithmName.SHA256).Create(authority.SubjectName, generator, now.AddHours(-1), now.AddHours(1), [1, 2]);
        var builder = new CertificateRevocationListBuilder();
        builder.AddEntry(certificate);
        var list = builder.Build(
            Name(listed, UniversalTagNumber.UTF8String), generator, 1, now.AddDays(1), HashAlgorithmName.SHA256, X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier([1]));

        var read = RevocationList.Read(Encoding.ASCII.GetBytes(PemEncoding.WriteString("X509 CRL", list)), "test").ShouldHaveSingleItem();

        read.Revokes(certificate, authority, []).ShouldBe(isRevoked);

        static X500DistinguishedName Name(string name, UniversalTagNumber encoding)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            using (writer.PushSetOf())
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("2.5.4.3");
                writer.WriteCharacterString(encoding, name);
            }

            return new X500DistinguishedName(writer.Encode());
        }
    }

    private X509Certificate2 WriteCertificate(string service, DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        var certificate = _issuing.Issue(TestAuthority.San($"spiffe://prod.example/{service}"), from, until);
        var (chain, key) = _issuing.PemFiles(certificate);
        _directory.Write($"{service}.crt", chain);
        _directory.Write($"{service}.key", key);
        return certificate;
    }

    private static Task<TestService> ReceiverAsync(ScriptedDownload download, Action<RewtOptions> configure) => KeyService.StartAsync(
        "inventory",
        [("VerificationKeys:0", "https://orders.example/.well-known/jwks.json")],
        builder =>
        {
            builder.Services.AddSingleton<IKeyDownload>(download);
            builder.Services.Configure(configure);
        },
        null);

    private void Certify(RewtOptions options, string service) =>
        (options.Identity.CertificateFile, options.Identity.KeyFile) = (_directory[$"{service}.crt"], _directory[$"{service}.key"]);

    private Action<RewtOptions> Attesting(string service) => Demanding(service, options => Certify(options, service));

    private Action<RewtOptions> Demanding(string service, Action<RewtOptions>? configure = null) => Named(service, options =>
    {
        options.Identity.Authorities.Add(_root.Pem);
        configure?.Invoke(options);
    });

    private static Action<RewtOptions> Named(string service, Action<RewtOptions>? configure = null) => options =>
    {
        (options.KeyMode, options.ServiceName, options.RefreshInterval) = (KeyMode.KeyPair, service, TimeSpan.FromMilliseconds(400));
        configure?.Invoke(options);
    };
}
