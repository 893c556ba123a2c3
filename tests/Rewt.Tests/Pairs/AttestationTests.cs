using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Rewt.Tests.ConfiguredKeys;

namespace Rewt.Tests.Pairs;

/// <summary>Tests a receiver with authorities against an attacker who can write anything to Redis and holds any certificate except that of <c>orders</c>.</summary>
public sealed class AttestationTests : IAsyncLifetime
{
    private const string Id = "spiffe://prod.example/ns/shop/sa/orders";
    private const string Keys = "{rewt:rewt-keys}:orders:keys";

    private readonly TestAuthority _root = TestAuthority.Root();
    private readonly TestAuthority _issuing;
    private readonly TestAuthority _constrainedRoot = TestAuthority.Root("narrow", TestAuthority.NameConstraints("other.example", isUri: true));
    private readonly TestAuthority _expiredRoot = TestAuthority.Root(TimeProvider.System.GetUtcNow().AddHours(-1), "past");
    private readonly TestAuthority _revokedAuthority;
    private readonly X509Certificate2 _revokedCertificate;
    private RedisServer _redis = null!;

    public AttestationTests()
    {
        (_issuing, _revokedAuthority) = (_root.Intermediate("issuing"), _root.Intermediate("withdrawn"));
        _revokedCertificate = _issuing.Issue(Id);
    }

    public async ValueTask InitializeAsync() => _redis = await RedisServer.StartAsync(RedisServerKind.Real);

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task Only_the_certificate_of_a_service_can_attest_a_key_of_that_service()
    {
        using var directory = new ScratchDirectory();
        await using var inventory = Instance.Start(_redis.ConnectionString, options =>
        {
            Named("inventory")(options);
            options.Identity.Authorities = [.. Roots];
            options.Identity.RevocationListFile = directory.Write("revoked.pem", Revocations);
        });
        await using var withoutAuthorities = Instance.Start(_redis.ConnectionString, Named("open"));
        var forged = Forgeries().Select(forgery => (forgery.Name, forgery.Attestation, Pair: PublishedPair.Generate())).ToList();
        var real = PublishedPair.Generate();
        await real.PublishAsync(_redis, "orders", real.Entry("orders", real.Attest(_issuing.Issue(Id), _issuing.Intermediates())));
        foreach (var (_, attest, pair) in forged) await pair.PublishAsync(_redis, "orders", pair.Entry("orders", attest(pair)));
        var tokens = Enumerable.Range(0, 1000).Select(index => (forged[index % forged.Count].Name, Token: forged[index % forged.Count].Pair.Bearer("orders"))).ToList();

        (await RefusalAsync(inventory, real.Bearer("orders"))).ShouldBe(RewtRefusal.None);
        var refusals = await Task.WhenAll(tokens.Select(token => RefusalAsync(inventory, token.Token)));

        tokens.Zip(refusals).Where(pair => pair.Second == RewtRefusal.None).Select(pair => pair.First.Name).Distinct().ShouldBeEmpty("no forged token is accepted");
        // Each entry is otherwise valid: a receiver without authorities accepts it.
        foreach (var (name, _, pair) in forged) (await RefusalAsync(withoutAuthorities, pair.Bearer("orders", "open"))).ShouldBe(RewtRefusal.None, name);
        inventory.Provider.Known.ShouldBeOfType<PairSnapshot>().Issuers["orders"].Refused.Count.ShouldBe(forged.Count);
        inventory.Provider.Health().DegradedReason.ShouldNotBeNull().ShouldContain($"{forged.Count} public keys in Redis are refused: orders");
    }

    [Fact]
    public void Each_forged_attestation_is_refused_for_the_expected_reason()
    {
        // The reason is compared because a certificate that a different check refuses would not test the intended check.
        var policy = new AttestationPolicy(
            AttestationPolicy.ReadAuthorities(Encoding.UTF8.GetBytes(string.Join('\n', Roots)), "test"), RevocationList.Read(Encoding.UTF8.GetBytes(Revocations), "test"), new RewtIdentityOptions());
        var lines = new List<string>();
        foreach (var (name, attest, reason) in Forgeries())
        {
            var pair = PublishedPair.Generate();
            var accepted = policy.Check(pair.Pair.Public, attest(pair), new("rewt", "orders"), Now, null, out var problem);
            if (accepted is not null || problem?.Contains(reason, StringComparison.Ordinal) != true) lines.Add($"{name}: {problem ?? "accepted"}");
        }

        lines.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, "spiffe://prod.example/orders")]
    [InlineData(null, Id)]
    [InlineData(null, "orders")]
    [InlineData(Id, Id)]
    [InlineData("orders.shop.svc", "orders.shop.svc")]
    public void A_certificate_that_names_the_service_attests_its_key(string? template, string san)
    {
        var options = new RewtIdentityOptions { Names = template is null ? [] : [template.Replace("orders", "{service}")] };
        var policy = new AttestationPolicy([_root.Certificate], [], options);
        var pair = PublishedPair.Generate();
        var attestation = pair.Attest(_issuing.Issue(san), _issuing.Intermediates());
        var now = Now;

        policy.Check(pair.Pair.Public, attestation, new("rewt", "orders"), now, null, out var problem).ShouldNotBeNull(problem).Name.ShouldBe(san);

        var strict = new AttestationPolicy([_root.Certificate], [], new RewtIdentityOptions { Names = ["spiffe://prod.example/ns/other/sa/{service}"] });
        strict.Check(pair.Pair.Public, attestation, new("rewt", "orders"), now, null, out _).ShouldBeNull();
    }

    // The root certificates of SPIRE have the SPIFFE ID of their trust domain. A bundle can also contain the root certificates of federated domains.
    [Theory]
    [InlineData("spiffe://prod.example", Id, true)]
    [InlineData("spiffe://partner.example", Id, false)]
    [InlineData("spiffe://prod", Id, false)]
    [InlineData("spiffe://prod.example", "orders", false)]
    [InlineData("https://partner.example", Id, true)]
    public void A_root_certificate_with_a_SPIFFE_ID_attests_only_its_own_trust_domain(string rootName, string name, bool isAccepted)
    {
        var root = TestAuthority.Root("spire", TestAuthority.San(rootName));
        var pair = PublishedPair.Generate();
        var issuing = root.Intermediate("issuing");

        new AttestationPolicy([root.Certificate, _root.Certificate], [], new RewtIdentityOptions()).Check(
            pair.Pair.Public, pair.Attest(issuing.Issue(name), issuing.Intermediates()), new("rewt", "orders"), Now, null, out var problem);

        if (isAccepted) problem.ShouldBeNull();
        else problem.ShouldBe($"its certificate does not name the service in the trust domain of its root certificate, '{rootName["spiffe://".Length..]}'");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("orders")]
    public void A_DNS_name_beside_a_SPIFFE_ID_of_a_federated_domain_identifies_no_service(string? template)
    {
        var root = TestAuthority.Root("spire", TestAuthority.San("spiffe://partner.example"));
        var pair = PublishedPair.Generate();
        var policy = new AttestationPolicy([root.Certificate], [], new RewtIdentityOptions { Names = template is null ? [] : [template] });
        var certificate = root.Issue(TestAuthority.San([(6, Encoding.UTF8.GetBytes("spiffe://partner.example/x")), (2, Encoding.UTF8.GetBytes("orders"))]));

        for (var check = 0; check < 2; check++)
        {
            policy.Check(pair.Pair.Public, pair.Attest(certificate, []), new("rewt", "orders"), Now, null, out var problem).ShouldBeNull();
            problem.ShouldNotBeNull().ShouldContain("does not name the service in the trust domain");
        }
    }

    [Theory]
    [InlineData(null, 6, "orders")]
    [InlineData(null, 2, Id)]
    [InlineData("{service}.shop.svc", 6, "orders.shop.svc")]
    [InlineData("spiffe://prod.example/ns/shop/sa/{service}", 2, Id)]
    public void A_service_name_in_a_subject_alternative_name_of_the_wrong_type_is_refused(string? template, int tag, string name)
    {
        var policy = new AttestationPolicy([_root.Certificate], [], new RewtIdentityOptions { Names = template is null ? [] : [template] });
        var pair = PublishedPair.Generate();
        var certificate = _issuing.Issue(TestAuthority.San([(tag, Encoding.UTF8.GetBytes(name))]));

        policy.Check(pair.Pair.Public, pair.Attest(certificate, _issuing.Intermediates()), new("rewt", "orders"), Now, null, out var problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain("does not name the service");
    }

    [Fact]
    public async Task Tampering_with_published_entries_never_makes_a_forged_key_valid()
    {
        using var directory = new ScratchDirectory();
        await using var orders = await Instance.StartWarmAsync(_redis.ConnectionString, Attesting("orders", directory));
        await using var inventory = Instance.Start(_redis.ConnectionString, Demanding("inventory"));
        await using var billing = await Instance.StartWarmAsync(_redis.ConnectionString, Attesting("billing", directory));
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        (await inventory.VerifyAsync(await billing.SignAsync())).ShouldBe(RewtRefusal.None);

        // Duplicates the entry under other names and in other rings, and adds many invalid entries.
        var keyId = await orders.CurrentAsync();
        var entry = Encoding.UTF8.GetBytes((string)(await _redis.CommandAsync("HGET", Keys, keyId))!);
        var attacker = PublishedPair.Generate();
        var stolen = JsonDocument.Parse(entry).RootElement.GetProperty(Attestation.Member).GetRawText();
        await attacker.PublishAsync(_redis, "orders", attacker.Entry("orders", stolen));
        await PublishedPair.PublishAsync(_redis, "orders", "duplicate", entry);
        await PublishedPair.PublishAsync(_redis, "billing", keyId, entry);
        for (var index = 0; index < 300; index++)
        {
            var junk = PublishedPair.Generate();
            await PublishedPair.PublishAsync(_redis, "orders", junk.KeyId, junk.Entry("orders", stolen));
        }

        await Eventually.TrueAsync(() => inventory.Provider.Known is PairSnapshot known && known.Issuers["orders"].Refused.Count >= 302, "the entries are refused");
        (await RefusalAsync(inventory, attacker.Bearer("orders"))).ShouldBe(RewtRefusal.StaleKey);
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        inventory.Provider.Health().DegradedReason.ShouldNotBeNull().ShouldContain("public keys in Redis are refused");

        await _redis.DelAsync(Keys);
        // A renewal that has read the entries before the deletion writes them again.
        await Eventually.TrueAsync(
            async () =>
            {
                if (await orders.CurrentAsync() != keyId) return await inventory.VerifyAsync(await orders.SignAsync()) == RewtRefusal.None;
                await _redis.DelAsync(Keys);
                return false;
            },
            "orders has published new keys");
        (await RefusalAsync(inventory, attacker.Bearer("orders"))).ShouldBe(RewtRefusal.StaleKey);
    }

    [Fact]
    public async Task A_flood_of_new_entries_is_checked_over_several_reads_starting_with_small_rings()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var (settings, store, flooded) = (Settings("inventory"), new InMemoryPairStore(clock), Enumerable.Range(0, 6).Select(index => $"a-{index}").ToList());
        settings.TrustedIssuers = [.. flooded, "orders"];
        var stolen = PublishedPair.Generate().Attest(_issuing.Issue("billing"), _issuing.Intermediates(), service: "billing");
        foreach (var service in flooded) await WriteAsync(store, service, Enumerable.Range(0, 250).Select(_ => PublishedPair.Generate()).Select(junk => (junk.KeyId, junk.Entry(service, stolen))));
        var real = PublishedPair.Generate();
        await WriteAsync(store, "orders", [(real.KeyId, real.Entry("orders", real.Attest(_issuing.Issue(Id), _issuing.Intermediates())))]);
        await using var inventory = new KeyPairSource(settings, store, clock, NullLogger.Instance);

        var known = (await inventory.UpdateAsync(null, null, Cancellation)).ShouldBeOfType<PairSnapshot>();

        Checked(known).ShouldBeInRange(1, 1023);
        known.Issuers["orders"].Keys.Keys.ShouldBe([KeyId.Parse(real.KeyId)]);
        known.DegradedReason.ShouldNotBeNull().ShouldContain("has not been checked yet, because too many entries are new");
        known = (await inventory.UpdateAsync(known, null, Cancellation)).ShouldBeOfType<PairSnapshot>();
        Checked(known).ShouldBe(6 * 250);

        static int Checked(PairSnapshot snapshot) => snapshot.Issuers.Values.Sum(ring => ring.Refused.Count(entry => !entry.Problem.Contains("not been checked", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Renewing_all_attestations_at_once_causes_a_bounded_number_of_checks_per_read()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var (settings, store, certificate) = (Settings("inventory"), new InMemoryPairStore(clock), _issuing.Issue(Id));
        var pairs = Enumerable.Range(0, 300).Select(_ => PublishedPair.Generate()).ToList();
        await using var inventory = new KeyPairSource(settings, store, clock, NullLogger.Instance);
        await AttestAsync();
        var first = await inventory.UpdateAsync(await inventory.UpdateAsync(null, null, Cancellation), null, Cancellation);
        var before = Attestations(first);
        await AttestAsync();

        var second = await inventory.UpdateAsync(first, null, Cancellation);
        var third = await inventory.UpdateAsync(second, null, Cancellation);

        Attestations(second).Count.ShouldBe(300);
        Attestations(second).Except(before).Count().ShouldBeInRange(1, 256);
        Attestations(third).Except(before).Count().ShouldBe(300);

        Task AttestAsync() => WriteAsync(store, "orders", pairs.Select(pair => (pair.KeyId, pair.Entry("orders", pair.Attest(certificate, _issuing.Intermediates())))));

        static IReadOnlyList<string?> Attestations(KeySnapshot? snapshot) => [.. snapshot.ShouldBeOfType<PairSnapshot>().Issuers["orders"].Keys.Values.Where(key => key.By is not null).Select(key => key.Attestation)];
    }

    [Theory]
    [InlineData("SHA256", null)]
    [InlineData("SHA1", "outdated algorithm")]
    public void An_authority_with_PSS_signatures_is_accepted_with_SHA_256_and_refused_with_SHA_1(string hash, string? reason)
    {
        var now = TimeProvider.System.GetUtcNow();
        using RSA rootKey = RSA.Create(2048), issuingKey = RSA.Create(2048);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var generator = hash == "SHA1" ? new PssWithSha1(rootKey) : X509SignatureGenerator.CreateForRSA(rootKey, RSASignaturePadding.Pss);
        using var root = Request(new CertificateRequest("CN=pss root", rootKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pss), isAuthority: true).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var issuing = Request(new CertificateRequest("CN=pss issuing", issuingKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pss), isAuthority: true).Create(root.SubjectName, generator, now.AddHours(-1), now.AddHours(2), [1, 2]);
        var request = Request(new CertificateRequest("CN=orders", leafKey, HashAlgorithmName.SHA256), isAuthority: false);
        request.CertificateExtensions.Add(TestAuthority.San(Id));
        using var leaf = request.Create(issuing.SubjectName, X509SignatureGenerator.CreateForRSA(issuingKey, RSASignaturePadding.Pss), now.AddHours(-1), now.AddHours(1), [3, 4]).CopyWithPrivateKey(leafKey);
        var list = new CertificateRevocationListBuilder();
        list.AddEntry(leaf);
        var revoked = PemEncoding.WriteString("X509 CRL", list.Build(issuing.CopyWithPrivateKey(issuingKey), 1, now.AddDays(1), HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
        var pair = PublishedPair.Generate();
        var attestation = pair.Attest(leaf, [issuing.RawData]);

        Check([]).ShouldBe(reason, StringCompareShould.IgnoreCase);
        if (reason is null) Check(RevocationList.Read(Encoding.ASCII.GetBytes(revoked), "test")).ShouldBe("its certificate is revoked");

        string? Check(IReadOnlyList<RevocationList> revocations)
        {
            new AttestationPolicy([root], revocations, new RewtIdentityOptions()).Check(pair.Pair.Public, attestation, new("rewt", "orders"), Now, null, out var problem);
            return problem is not null && reason is not null && problem.Contains(reason, StringComparison.Ordinal) ? reason : problem;
        }

        static CertificateRequest Request(CertificateRequest request, bool isAuthority)
        {
            foreach (var extension in TestAuthority.Rights(isAuthority)) request.CertificateExtensions.Add(extension);
            return request;
        }
    }

    /// <summary>Signs with the default parameters of RSASSA-PSS, which omit the hash algorithm and imply SHA-1.</summary>
    private sealed class PssWithSha1(RSA key) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => [48, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 10, 48, 0];

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, new HashAlgorithmName("SHA1"), RSASignaturePadding.Pss);

        protected override System.Security.Cryptography.X509Certificates.PublicKey BuildPublicKey() => new(key);
    }

    public static TheoryData<string[]> AcceptedKeyUsages => new() { { ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"] }, { ["1.3.6.1.5.5.7.3.2"] }, { ["1.3.6.1.5.5.7.3.1"] }, { ["1.3.6.1.5.5.7.3.3", "2.5.29.37.0"] } };

    [Theory]
    [MemberData(nameof(AcceptedKeyUsages))]
    public void A_certificate_for_TLS_or_any_extended_key_usage_can_attest_a_key(string[] uses)
    {
        var certificate = _issuing.Issue(TestAuthority.San(Id), rights: [.. TestAuthority.Rights(false), Uses(uses)]);
        var pair = PublishedPair.Generate();

        new AttestationPolicy([_root.Certificate], [], new RewtIdentityOptions()).Check(pair.Pair.Public, pair.Attest(certificate, _issuing.Intermediates()), new("rewt", "orders"), Now, null, out var problem);

        problem.ShouldBeNull();
    }

    [Fact]
    public void An_accepted_chain_is_refused_with_another_signature_service_intermediate_or_time()
    {
        var policy = new AttestationPolicy([_root.Certificate], [], new RewtIdentityOptions());
        var (certificate, chain) = (_issuing.Issue(Id), _issuing.Intermediates());
        var (pair, other) = (PublishedPair.Generate(), PublishedPair.Generate());
        Problem(pair, pair.Attest(certificate, chain)).ShouldBeNull();
        Problem(other, other.Attest(certificate, chain)).ShouldBeNull();

        Problem(pair, other.Attest(certificate, chain)).ShouldNotBeNull().ShouldContain("not signed by its certificate");
        Problem(pair, pair.Attest(certificate, chain), "inventory").ShouldNotBeNull().ShouldContain("another service");
        Problem(pair, pair.Attest(certificate, _revokedAuthority.Intermediates())).ShouldNotBeNull().ShouldContain("not accepted");
        Problem(pair, pair.Attest(certificate, chain), at: Now + TimeSpan.FromDays(2)).ShouldNotBeNull().ShouldContain("has expired");
        Problem(pair, pair.Attest(certificate, chain), at: Now - TimeSpan.FromDays(20)).ShouldBe(AttestationPolicy.NotYetValid);

        string? Problem(PublishedPair published, string attestation, string service = "orders", StoreTime? at = null)
        {
            policy.Check(published.Pair.Public, attestation, new("rewt", service), at ?? Now, null, out var problem);
            return problem;
        }
    }

    [Fact]
    public void A_verified_entry_is_reused_until_its_attestation_ends()
    {
        var policy = new AttestationPolicy([_root.Certificate], [], new RewtIdentityOptions());
        var pair = PublishedPair.Generate();
        var entry = pair.Entry("orders", pair.Attest(_issuing.Issue(Id), _issuing.Intermediates()));
        var known = PublishedKey.TryRead(entry, pair.KeyId, new("rewt", "orders"), null, policy, Now, out _).ShouldNotBeNull();

        // The certificate has expired, but an entry that was verified in time stays valid until the attestation ends.
        PublishedKey.TryRead([.. entry], pair.KeyId, new("rewt", "orders"), known, policy, Now + TimeSpan.FromDays(2), out _).ShouldBeSameAs(known);
        PublishedKey.TryRead([.. entry], pair.KeyId, new("rewt", "orders"), known, policy, Now + TimeSpan.FromDays(31), out var problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain("has ended");
    }

    [Fact]
    public void An_attested_key_survives_an_invalid_new_entry_but_not_a_removed_authority()
    {
        var policy = new AttestationPolicy([_root.Certificate], [], new RewtIdentityOptions());
        var (pair, untrusted) = (PublishedPair.Generate(), TestAuthority.Root("stranger"));
        var good = pair.Attest(_issuing.Issue(Id), _issuing.Intermediates());
        var confirmed = Read(pair.Entry("orders", good), null, policy, out _).ShouldNotBeNull();
        var unknown = pair.Attest(untrusted.Issue(Id), []);

        foreach (var entry in new[] { pair.Entry("orders", unknown), pair.Entry("orders", pair.Attest(_issuing.Issue(Id), [])), pair.Entry("orders"), pair.Entry("billing", good), "{"u8.ToArray() })
        {
            var kept = Read(entry, confirmed, policy, out var problem).ShouldNotBeNull(problem);
            (kept.By, kept.Attestation).ShouldBe((confirmed.By, good));
            kept.Warning.ShouldNotBeNull();
            Read(pair.Entry("orders", good), kept, policy, out _).ShouldNotBeNull().Warning.ShouldBeNull();
            Read(entry, kept, new AttestationPolicy([TestAuthority.Root("other").Certificate], [], new RewtIdentityOptions()), out _).ShouldBeNull();
            Read(entry, null, policy, out _).ShouldBeNull();
        }

        // The same holds for a key set that is read from a URL.
        var (set, _) = policy.Filter(Set(good), null, "rewt", Now);
        (set, _) = policy.Filter(Set(unknown), set, "rewt", Now);
        set.Keys.Count.ShouldBe(1);
        set.Refused.ShouldHaveSingleItem().Problem.ShouldContain("the previous attestation stays in use");
        policy.Filter(Set(unknown), null, "rewt", Now).Set.Keys.ShouldBeEmpty();

        PublishedKey? Read(byte[] entry, PublishedKey? known, AttestationPolicy by, out string? problem) => PublishedKey.TryRead(entry, pair.KeyId, new("rewt", "orders"), known, by, Now, out problem);

        PublicKeySet Set(string attestation) => new([pair.Pair.Public], []) { Attestations = new Dictionary<KeyId, KeyAttestation> { [KeyId.Parse(pair.KeyId)] = new(attestation, null) } };
    }

    [Fact]
    public async Task An_unrenewed_attestation_ends_even_if_the_store_clock_is_set_back()
    {
        var (clock, local) = (new FakeTimeProvider(TimeProvider.System.GetUtcNow()), new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        var certificate = _issuing.Issue(TestAuthority.San(Id), until: TimeProvider.System.GetUtcNow().AddDays(4));
        var settings = Settings("orders");
        settings.Identity.CertificateFactory = () => new X509Certificate2Collection { certificate, _issuing.Certificate };
        var (schedule, store) = (PairSchedule.From(settings), new InMemoryPairStore(clock));
        await using var orders = new KeyPairSource(settings, store, clock, NullLogger.Instance);
        await using var inventory = new KeyPairSource(Settings("inventory"), store, clock, NullLogger.Instance);
        orders.WantSigningKey();
        var own = await orders.UpdateAsync(null, null, Cancellation);
        var known = await inventory.UpdateAsync(null, null, Cancellation);
        var keyId = own!.Next!.KeyId;
        var first = Of(known).Keys[keyId];

        for (var passed = TimeSpan.Zero; passed <= schedule.Attestation / 2; passed += schedule.Lease / 2)
        {
            clock.Advance(schedule.Lease / 2);
            own = await orders.UpdateAsync(own, null, Cancellation);
            known = await inventory.UpdateAsync(known, null, Cancellation);
        }

        Of(known).Keys[keyId].By!.EndsAt.ShouldBeGreaterThan(first.By!.EndsAt);

        // An attacker writes the first entry again with a different expiry, and sets the clock of the store back.
        var replay = new InMemoryPairStore(new FakeTimeProvider(local.GetUtcNow()));
        var entry = PublishedKey.Write(first.Key, RewtKeyState.Current, StoreTime.Latest, first.Proof, first.Attestation);
        await PublishAsync(keyId.ToString(), entry, []);
        await using var billing = new KeyPairSource(Settings("billing"), replay, local, NullLogger.Instance);
        known = await billing.UpdateAsync(null, null, Cancellation);
        await PublishAsync(keyId.ToString(), "{"u8.ToArray(), []);
        known = await billing.UpdateAsync(known, null, Cancellation);
        known!.DegradedReason.ShouldNotBeNull().ShouldContain("1 public keys are accepted only because of what was read before: orders");
        known.Known("orders", keyId, ClockReading.Now(local)).ShouldNotBeNull().ShouldNotBeEmpty();
        await PublishAsync(keyId.ToString(), entry, []);
        local.Advance(schedule.Attestation + settings.ClockSkew);
        known.Known("orders", keyId, ClockReading.Now(local)).ShouldNotBeNull().ShouldBeEmpty();
        known = await billing.UpdateAsync(known, null, Cancellation);
        Of(known).Refused.ShouldHaveSingleItem().Problem.ShouldContain("has ended");

        // An expired certificate that is read for the first time is refused by the local clock too.
        local.Advance(TimeSpan.FromDays(4));
        var late = PublishedPair.Generate();
        await PublishAsync(late.KeyId, late.Entry("orders", late.Attest(certificate, _issuing.Intermediates())), [keyId.ToString()]);
        Of(await billing.UpdateAsync(known, null, Cancellation)).Refused.ShouldHaveSingleItem().Problem.ShouldContain("expired");

        Task PublishAsync(string keyId, byte[] entry, ImmutableArray<string> removed) => replay.WriteAsync(
            "orders",
            new PairChange(PairAction.Create, "epoch", ImmutableDictionary<string, byte[]>.Empty.Add(keyId, entry), removed, ImmutableDictionary<KeyId, StoreTime>.Empty, Now, StoreTime.Latest, StoreTime.Latest),
            Cancellation);

        static IssuerKeys Of(KeySnapshot? snapshot) => snapshot.ShouldBeOfType<PairSnapshot>().Issuers["orders"];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_attestation_ends_by_the_clock_of_the_store_or_of_this_machine_alone(bool isByStore)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (clock, local, settings, pair) = (new FakeTimeProvider(now), new FakeTimeProvider(now), Settings("inventory"), PublishedPair.Generate());
        var store = new InMemoryPairStore(clock);
        var attestation = pair.Attest(_issuing.Issue(Id), _issuing.Intermediates(), lifetime: TimeSpan.FromHours(1));
        var entry = PublishedKey.Write(pair.Pair.Public, RewtKeyState.Current, StoreTime.Latest, KeyProof.Make(pair.Pair, new("rewt", "orders")), attestation);
        await store.WriteAsync(
            "orders",
            new PairChange(PairAction.Create, "epoch", ImmutableDictionary<string, byte[]>.Empty.Add(pair.KeyId, entry), [], ImmutableDictionary<KeyId, StoreTime>.Empty, Now, StoreTime.Latest, StoreTime.Latest),
            Cancellation);
        await using var inventory = new KeyPairSource(settings, store, local, NullLogger.Instance);
        var known = await inventory.UpdateAsync(null, null, Cancellation);
        var endsAt = Of(known).Keys[KeyId.Parse(pair.KeyId)].By!.EndsAt.ToDateTimeOffset();

        Advance(endsAt - TimeSpan.FromSeconds(1));
        known = await inventory.UpdateAsync(known, null, Cancellation);
        Of(known).Keys.Keys.ShouldBe([KeyId.Parse(pair.KeyId)]);
        Advance(endsAt);
        known = await inventory.UpdateAsync(known, null, Cancellation);

        Of(known).Keys.ShouldBeEmpty();
        Of(known).Refused.ShouldHaveSingleItem().Problem.ShouldContain("has ended");
        // A receiver that never accepted the key refuses it too.
        await using var other = new KeyPairSource(settings, store, local, NullLogger.Instance);
        Of(await other.UpdateAsync(null, null, Cancellation)).Keys.ShouldBeEmpty();

        // The clock of this machine may be ahead by the permitted difference.
        void Advance(DateTimeOffset to)
        {
            if (isByStore) clock.SetUtcNow(to);
            else local.SetUtcNow(to + settings.ClockSkew);
        }

        static IssuerKeys Of(KeySnapshot? snapshot) => snapshot.ShouldBeOfType<PairSnapshot>().Issuers["orders"];
    }

    [Fact]
    public async Task A_store_clock_that_is_ahead_does_not_extend_an_attestation()
    {
        var local = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var certificate = _issuing.Issue(TestAuthority.San(Id), until: local.GetUtcNow().AddDays(4));
        var settings = Settings("orders");
        settings.Identity.CertificateFactory = () => new X509Certificate2Collection { certificate, _issuing.Certificate };
        await using var orders = new KeyPairSource(settings, new InMemoryPairStore(new FakeTimeProvider(local.GetUtcNow().AddDays(3))), local, NullLogger.Instance);
        orders.WantSigningKey();

        var keys = (await orders.UpdateAsync(null, null, Cancellation)).ShouldBeOfType<PairSnapshot>().Issuers["orders"].Keys.Values;

        var latest = StoreTime.From(local.GetUtcNow() + settings.ClockSkew) + PairSchedule.From(settings).Attestation;
        keys.Select(key => key.By!.EndsAt).ShouldBe([latest, latest]);
    }

    [Fact]
    public async Task A_certificate_in_a_key_set_is_checked_again_when_it_becomes_valid()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var pair = PublishedPair.Generate();
        var certificate = _issuing.Issue(TestAuthority.San(Id), time.GetUtcNow().AddMinutes(1), time.GetUtcNow().AddHours(1));
        var options = new RewtOptions { ServiceName = "inventory" };
        options.Identity.Authorities.Add(_root.Pem);
        var download = new ScriptedDownload { Content = pair.ToJwks(pair.Attest(certificate, _issuing.Intermediates())), MaxAge = TimeSpan.FromHours(1) };
        var url = new KeyUrl(new Uri("https://orders.example/keys"), "RS256", download, options.RefreshInterval, time, ServiceIdentity.Open(options, time));

        (await url.ReadAsync(isAsked: false, Cancellation)).Keys.ShouldBeEmpty();
        time.Advance(TimeSpan.FromMinutes(2));
        (await url.ReadAsync(isAsked: false, Cancellation)).Keys.Count.ShouldBe(1);
        download.Fetches.ShouldBe(1);
    }

    [Theory]
    [InlineData("rewt", "rewt", 1)]
    [InlineData("rewt", "staging", 0)]
    [InlineData("staging", "staging", 1)]
    public async Task An_attestation_in_a_key_set_is_accepted_only_in_its_namespace(string ring, string attested, int accepted)
    {
        var pair = PublishedPair.Generate();
        var options = new RewtOptions { ServiceName = "inventory", Namespace = ring };
        options.Identity.Authorities.Add(_root.Pem);
        var url = Url(options, new ScriptedDownload { Content = pair.ToJwks(pair.Attest(_issuing.Issue(Id), _issuing.Intermediates(), attested)) }, TimeProvider.System);

        (await url.ReadAsync(isAsked: false, Cancellation)).Keys.Count.ShouldBe(accepted);
    }

    [Fact]
    public async Task An_attestation_outlives_its_certificate_by_at_most_the_attestation_lifetime()
    {
        var (settings, day, time) = (Settings("inventory"), TimeSpan.FromDays(1), new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        var (policy, longest, pair) = (ServiceIdentity.Open(settings, time)!.Policy, PairSchedule.From(settings).Attestation, PublishedPair.Generate());
        // An attestation for 30 days by a certificate that is valid for one day.
        var attestation = pair.Attest(_issuing.Issue(Id), _issuing.Intermediates());
        var (entry, began, known, problem) = (pair.Entry("orders", attestation), Now, (PublishedKey?)null, (string?)null);
        var inRedis = await FindEndAsync(now => Task.FromResult((known = PublishedKey.TryRead([.. entry], pair.KeyId, new("rewt", "orders"), known, policy, now, out problem)) is not null));
        problem.ShouldNotBeNull().ShouldContain("expired");
        time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var url = Url(settings, new ScriptedDownload { Content = pair.ToJwks(attestation) }, time);
        var inKeySet = await FindEndAsync(async _ => (await url.ReadAsync(isAsked: false, Cancellation)).Keys.Count == 1);

        foreach (var end in new[] { inRedis, inKeySet }) end.ShouldBeInRange(day, day + longest + (longest / 5));

        async Task<TimeSpan> FindEndAsync(Func<StoreTime, Task<bool>> isAcceptedAsync)
        {
            var end = TimeSpan.Zero;
            for (; await isAcceptedAsync(began + end); end += longest / 5) time.Advance(longest / 5);
            return end;
        }
    }

    [Fact]
    public async Task An_accepted_unattested_key_becomes_attested_when_its_certificate_becomes_valid()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var pair = PublishedPair.Generate();
        var options = new RewtOptions { ServiceName = "inventory" };
        (options.Identity.Authorities, options.Identity.AcceptUnattested) = ([_root.Pem], true);
        var certificate = _issuing.Issue(TestAuthority.San(Id), time.GetUtcNow().AddMinutes(1), time.GetUtcNow().AddHours(1));
        var url = Url(options, new ScriptedDownload { Content = pair.ToJwks(pair.Attest(certificate, _issuing.Intermediates())), MaxAge = TimeSpan.FromHours(1) }, time);
        var early = await url.ReadAsync(isAsked: false, Cancellation);
        (early.Keys.Count, early.Attestations.Count).ShouldBe((1, 0));

        time.Advance(TimeSpan.FromMinutes(2));

        var later = await url.ReadAsync(isAsked: false, Cancellation);
        later.Attestations.Keys.ShouldBe([KeyId.Parse(pair.KeyId)]);
        ((IOneAlgorithmKey)later.Keys[0].SecurityKey).Owner.ShouldBe("orders");
    }

    [Fact]
    public void A_root_certificate_renewed_with_the_same_key_confirms_a_key_that_was_checked_before_the_renewal()
    {
        var (pair, now) = (PublishedPair.Generate(), Now);
        var renewed = _root.CrossSignedBy(_root, from: TimeProvider.System.GetUtcNow().AddMinutes(-1));
        var attestation = pair.Attest(_issuing.Issue(Id), _issuing.Intermediates());
        var policies = new[] { _root, renewed }.Select(root => new AttestationPolicy([root.Certificate], [], new RewtIdentityOptions())).ToList();
        var by = policies[0].Check(pair.Pair.Public, attestation, new("rewt", "orders"), now - TimeSpan.FromMinutes(30), null, out _).ShouldNotBeNull();

        policies[1].Check(pair.Pair.Public, attestation, new("rewt", "orders"), now, by, out var problem).ShouldNotBeNull(problem);
    }

    [Fact]
    public async Task Keys_of_an_unchanged_key_set_are_accepted_again_when_a_renewed_root_certificate_becomes_valid()
    {
        using var directory = new ScratchDirectory();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var pair = PublishedPair.Generate();
        var options = new RewtOptions { ServiceName = "inventory" };
        options.Identity.Authorities.Add(directory.Write("ca.pem", _root.Pem));
        var identity = ServiceIdentity.Open(options, time)!;
        var download = new ScriptedDownload { Content = pair.ToJwks(pair.Attest(_issuing.Issue(Id), _issuing.Intermediates())), EntityTag = "\"1\"", MaxAge = TimeSpan.Zero };
        var url = new KeyUrl(new Uri("https://orders.example/keys"), "RS256", download, options.RefreshInterval, time, identity);
        (await url.ReadAsync(isAsked: false, Cancellation)).Keys.Count.ShouldBe(1);

        directory.Write("ca.pem", _root.CrossSignedBy(_root, from: time.GetUtcNow().AddMinutes(1)).Pem);
        await Eventually.TrueAsync(
            async () =>
            {
                await identity.RefreshAsync(Cancellation);
                return (await url.ReadAsync(isAsked: false, Cancellation)).Keys.Count == 0;
            },
            "the renewed root certificate is read");
        time.Advance(TimeSpan.FromMinutes(2));

        (await url.ReadAsync(isAsked: false, Cancellation)).Keys.Count.ShouldBe(1);
        download.RequestedEntityTag.ShouldBe("\"1\"");
    }

    [Fact]
    public async Task A_token_waits_until_its_key_is_checked_among_many_new_keys()
    {
        var certificate = _issuing.Issue(Id);
        var pairs = Enumerable.Range(0, 300).Select(_ => PublishedPair.Generate()).ToList();
        foreach (var pair in pairs) await pair.PublishAsync(_redis, "orders", pair.Entry("orders", pair.Attest(certificate, _issuing.Intermediates())));
        await using var inventory = Instance.Start(_redis.ConnectionString, options =>
        {
            Demanding("inventory")(options);
            options.RefreshInterval = TimeSpan.FromMinutes(5);
        });

        (await Task.WhenAll(pairs.Select(VerifyAsync))).ShouldAllBe(refusal => refusal == RewtRefusal.None);

        // On a slow machine, a request may give up with 503, but no token is refused.
        async Task<RewtRefusal> VerifyAsync(PublishedPair pair)
        {
            var refusal = (RewtRefusal?)null;
            await Eventually.TrueAsync(
                async () =>
                {
                    if (await Record.ExceptionAsync(async () => refusal = await RefusalAsync(inventory, pair.Bearer("orders"))) is { } exception) exception.ShouldBeOfType<RewtKeysUnavailableException>();
                    return refusal is not null;
                },
                "the key is checked");
            return refusal!.Value;
        }
    }

    [Fact]
    public async Task Invalid_entries_that_a_service_replaces_continuously_are_logged_once_a_minute()
    {
        var (clock, log) = (new FakeTimeProvider(TimeProvider.System.GetUtcNow()), new CapturedLog());
        var store = new InMemoryPairStore(clock);
        await using var inventory = new KeyPairSource(Settings("inventory"), store, clock, log);
        KeySnapshot? known = null;

        await ReplaceAsync();
        Lines().Count.ShouldBe(8);
        clock.Advance(TimeSpan.FromMinutes(1));
        await ReplaceAsync();
        Lines().Count.ShouldBe(16);

        async Task ReplaceAsync()
        {
            for (var read = 0; read < 10; read++)
            {
                await WriteAsync(store, "orders", Enumerable.Range(0, 8).Select(index => ($"read-{log.Lines.Count()}-{read}-{index}", "invalid"u8.ToArray())));
                known = await inventory.UpdateAsync(known, null, Cancellation);
                clock.Advance(TimeSpan.FromSeconds(1));
            }
        }

        IReadOnlyList<string> Lines() => [.. log.Text.Split('\n').Where(line => line.Contains("PublishedKeyRefused", StringComparison.Ordinal))];
    }

    private static IPublicKeySource Url(RewtOptions options, IKeyDownload download, TimeProvider time) =>
        PublicKeySourceFactory.Open("https://orders.example/keys", options, download, time, ServiceIdentity.Open(options, time));

    private static Task WriteAsync(InMemoryPairStore store, string service, IEnumerable<(string KeyId, byte[] Entry)> entries) => store.WriteAsync(
        service,
        new PairChange(PairAction.Create, "epoch", entries.ToImmutableDictionary(entry => entry.KeyId, entry => entry.Entry, StringComparer.Ordinal), [], ImmutableDictionary<KeyId, StoreTime>.Empty, Now, StoreTime.Latest, StoreTime.Latest),
        Cancellation);

    private static X509EnhancedKeyUsageExtension Uses(params string[] uses)
    {
        var list = new OidCollection();
        foreach (var use in uses) list.Add(new Oid(use));
        return new X509EnhancedKeyUsageExtension(list, critical: false);
    }

    /// <summary>Returns the attestations that an attacker can create, and the reason for which each is refused.</summary>
    private IEnumerable<(string Name, Func<PublishedPair, string?> Attestation, string Reason)> Forgeries()
    {
        const string Unnamed = "does not name the service";
        string[] names =
        [
            "spiffe://prod.example/ns/shop/sa/billing", "billing", "ORDERS", "Orders", "spiffe://prod.example/ns/shop/sa/ORDERS", "SPIFFE://prod.example/orders", "*", "*.prod.example", "o*",
            "spiffe://prod.example/*", "xn--rders-4qd", "orders\0", "orders\0.evil.example", "\0orders", "spiffe://prod.example/orders\0", "spiffe://prod.example/\0/orders", "orders-2", "orders.evil.example", "evil.orders",
            "spiffe://prod.example/orders/billing", "spiffe://prod.example/orders-2", "spiffe://prod.example/my-orders", "spiffe://orders", "spiffe://orders/", "spiffe:///orders", "spiffe://prod.example//orders",
            "spiffe://prod.example/../orders", "spiffe://prod.example/a%2Forders", "spiffe://prod.example/%6frders", "spiffe://prod.example/billing?/orders", "spiffe://prod.example/billing#/orders",
            "spiffe://prod.example/orders/", "spiffe://prod.example/./orders", "spiffe://prod.example/orders/.", "spiffe://prod.example/ns//orders", "spiffe://prod.example/orders?billing", "spiffe://prod.example/orders#billing",
            "spiffe://prod.example/billing;/orders", "spiffe://prod.example/billing\\orders", "spiffe://prod.example\\orders", "spiffe://[::1]/orders", "spiffe://%/orders", "orders\n", "orders,billing", "DNS:orders", "URI:spiffe://prod.example/orders",
            "spiffe://user@prod.example/orders", "spiffe://prod.example:443/orders", "https://prod.example/orders", "spiffe://prod.example/orders ", " orders", "orders.", "\u00f6rders",
        ];
        foreach (var name in names) yield return ($"the name {name}", By(_issuing, _issuing.Issue(name)), Unnamed);
        yield return ("a name in the subject only", By(_issuing, _issuing.Issue((X509Extension?)null, name: "orders")), Unnamed);
        yield return ("an e-mail address", By(_issuing, _issuing.Issue(TestAuthority.San([(1, "orders"u8.ToArray())]))), Unnamed);
        yield return ("a registered id", By(_issuing, _issuing.Issue(TestAuthority.San([(8, "orders"u8.ToArray())]))), Unnamed);
        yield return ("a name in Cyrillic", By(_issuing, _issuing.Issue(TestAuthority.San([(2, Encoding.UTF8.GetBytes("\u043erders"))]))), Unnamed);
        yield return ("a DNS name as a URI", By(_issuing, _issuing.Issue(TestAuthority.San([(6, "orders"u8.ToArray())]))), Unnamed);
        yield return ("a SPIFFE ID as a DNS name", By(_issuing, _issuing.Issue(TestAuthority.San([(2, Encoding.UTF8.GetBytes(Id))]))), Unnamed);
        foreach (var (san, constraint) in new[] { ((6, "orders"u8.ToArray()), TestAuthority.NameConstraints("billing", isUri: false)), ((2, Encoding.UTF8.GetBytes(Id)), TestAuthority.NameConstraints("other.example", isUri: true)) })
        {
            var limited = _root.Intermediate("limited", [.. TestAuthority.Rights(true), constraint]);
            yield return ($"a name of a type that the name constraints of the authority do not cover, {san.Item1}", By(limited, limited.Issue(TestAuthority.San([san]))), Unnamed);
        }

        yield return ("an IP address", By(_issuing, _issuing.Issue(TestAuthority.San([(7, "orders"u8.ToArray())]))), Unnamed);
        yield return ("a SPIFFE ID without slashes", By(_issuing, _issuing.Issue(TestAuthority.San([(6, "spiffe:prod.example/orders"u8.ToArray())]))), Unnamed);
        yield return ("two SPIFFE IDs, one in upper case", By(_issuing, _issuing.Issue(Id, "SPIFFE://prod.example/billing")), Unnamed);
        yield return ("the same SPIFFE ID twice", By(_issuing, _issuing.Issue(Id, Id)), Unnamed);
        yield return ("a name in an extension for names of the issuer", By(_issuing, _issuing.Issue(new X509Extension("2.5.29.18", TestAuthority.San(Id).RawData, critical: false))), Unnamed);
        yield return ("two SPIFFE IDs", By(_issuing, _issuing.Issue(Id, "spiffe://prod.example/ns/shop/sa/billing")), Unnamed);
        yield return ("data after the names", By(_issuing, _issuing.Issue(TestAuthority.San([(2, "orders"u8.ToArray())], hasTail: true))), Unnamed);

        var other = TestAuthority.Root();
        yield return ("another authority of the same name", By(other, other.Issue(Id)), "not accepted");
        var self = TestAuthority.Root("orders", TestAuthority.San(Id));
        yield return ("a self-signed authority", By(self, self.Certificate), "a CA certificate (basicConstraints)");
        using var selfKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=orders", selfKey, HashAlgorithmName.SHA256);
        foreach (var extension in new[] { TestAuthority.San(Id) }.Concat(TestAuthority.Rights(isAuthority: false))) request.CertificateExtensions.Add(extension);
        var now = TimeProvider.System.GetUtcNow();
        yield return ("self-signed", By(_root, request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1))), "not accepted");
        yield return ("expired", By(_issuing, _issuing.Issue(TestAuthority.San(Id), now.AddHours(-2), now.AddSeconds(-2))), "expired");
        yield return ("not valid yet", By(_issuing, _issuing.Issue(TestAuthority.San(Id), now.AddHours(1), now.AddHours(2))), "not valid yet");
        yield return ("signed with SHA-1", By(_issuing, _issuing.Issue(TestAuthority.San(Id), outdatedHash: "SHA1")), "outdated");
        var two = _issuing.Issue(TestAuthority.San("billing"), rights: [.. TestAuthority.Rights(false), new X509Extension("2.5.29.18", TestAuthority.San(Id).RawData, critical: false)]);
        yield return ("two extensions of names", By(_issuing, _issuing.Alter(two, [6, 3, 85, 29, 18], [6, 3, 85, 29, 17], isSigned: true)), "an extension twice");
        yield return ("an altered name", By(_issuing, _issuing.Alter(_issuing.Issue("spiffe://prod.example/orderz"), "orderz"u8.ToArray(), "orders"u8.ToArray(), isSigned: false)), "not accepted");
        yield return ("two signature algorithms", By(_issuing, _issuing.Alter(_issuing.Issue(Id), [42, 134, 72, 206, 61, 4, 3, 2], [42, 134, 72, 206, 61, 4, 3, 3], isSigned: true)), "not accepted");
        yield return ("no intermediate", pair => pair.Attest(_issuing.Issue(Id), []), "not accepted");
        yield return ("not for signatures", By(_issuing, _issuing.Issue(TestAuthority.San(Id), rights: TestAuthority.Rights(false, usage: X509KeyUsageFlags.KeyEncipherment))), "may not sign");
        yield return ("without key usage", By(_issuing, _issuing.Issue(TestAuthority.San(Id), rights: [])), "may not sign");
        yield return ("an authority itself", By(_issuing, _issuing.Issue(TestAuthority.San(Id), rights: TestAuthority.Rights(true, usage: X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign))), "a CA certificate (basicConstraints)");
        yield return ("the key of an authority", By(_issuing, _issuing.Issue(TestAuthority.San(Id), rights: TestAuthority.Rights(false, usage: X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign))), "may sign certificates");
        yield return ("for code only", By(_issuing, _issuing.Issue(TestAuthority.San(Id), rights: [.. TestAuthority.Rights(false), Uses("1.3.6.1.5.5.7.3.3")])), "extendedKeyUsage");
        var mail = _root.Intermediate("mail", [.. TestAuthority.Rights(true), Uses("1.3.6.1.5.5.7.3.4")]);
        yield return ("an authority for mail only", By(mail, mail.Issue(Id)), "extendedKeyUsage");
        yield return ("an unknown critical extension", By(_issuing, _issuing.Issue(TestAuthority.San(Id), rights: [.. TestAuthority.Rights(false), new X509Extension("1.2.3.4", [5, 0], critical: true)])), "not accepted");
        yield return ("revoked", By(_issuing, _revokedCertificate), "revoked");

        yield return ("a revoked authority", By(_revokedAuthority, _revokedAuthority.Issue(Id)), "revoked");
        yield return ("an expired authority", By(_expiredRoot, _expiredRoot.Issue(Id)), "not accepted");
        var (ended, early) = (_root.Intermediate("ended", NewKey(), [], now.AddHours(-2), now.AddSeconds(-2)), _root.Intermediate("early", NewKey(), [], now.AddHours(1), now.AddHours(2)));
        yield return ("an expired issuer", By(ended, ended.Issue(Id)), "not accepted");
        yield return ("an issuer that is not valid yet", By(early, early.Issue(Id)), "not valid yet");
        var odd = _root.Intermediate("odd", [.. TestAuthority.Rights(true), new X509Extension("1.2.3.4", [5, 0], critical: true)]);
        yield return ("an issuer with an unknown critical extension", By(odd, odd.Issue(Id)), "not accepted");
        var (one, another) = (TestAuthority.Root("one"), TestAuthority.Root("another"));
        var loop = one.CrossSignedBy(another.CrossSignedBy(one));
        yield return ("authorities that certify each other", pair => pair.Attest(loop.Issue(Id), [loop.Certificate.RawData, loop.Parent!.Certificate.RawData]), "not accepted");
        yield return ("authorities that certify each other, with the root", pair => pair.Attest(loop.Issue(Id), [loop.Certificate.RawData, loop.Parent!.Certificate.RawData, one.Certificate.RawData, _root.Certificate.RawData]), "not accepted");

        var service = _issuing.AsAuthority(_issuing.Issue("billing"));
        yield return ("an issuer with CA:false", By(service, service.Issue(Id)), "not accepted");
        var bare = _root.Intermediate("bare", new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        yield return ("an issuer without basic constraints", By(bare, bare.Issue(Id)), "not accepted");
        var unable = _root.Intermediate("unable", TestAuthority.Rights(true, usage: X509KeyUsageFlags.DigitalSignature));
        yield return ("an issuer that may not sign certificates", By(unable, unable.Issue(Id)), "not accepted");
        var last = _root.Intermediate("last", TestAuthority.Rights(true, pathLength: 0));
        var beyond = last.Intermediate("beyond");
        yield return ("a path that is too long", By(beyond, beyond.Issue(Id)), "not accepted");
        yield return ("a name outside the constraints of the root", By(_constrainedRoot, _constrainedRoot.Issue(Id)), "not accepted");
        foreach (var (name, constraint) in new[]
        {
            (Id, TestAuthority.NameConstraints("other.example", isUri: true)), ("orders", TestAuthority.NameConstraints("billing", isUri: false)),
            (Id, TestAuthority.NameConstraints("prod.example", isUri: true, isExcluded: true)),
            ("orders", TestAuthority.NameConstraints("orders", isUri: false, isExcluded: true)),
        })
        {
            var limited = _root.Intermediate("limited", [.. TestAuthority.Rights(true), constraint]);
            yield return ($"a name outside the constraints, {name}", By(limited, limited.Issue(name)), "not accepted");
        }

        foreach (var (name, key) in UnusualKeys())
        {
            var unusual = _root.Intermediate("unusual", key, []);
            yield return ($"an authority with a key of {name}", By(unusual, unusual.Issue(Id)), "neither P-256");
            // .NET cannot attach a private key with explicit parameters to a certificate.
            if (key is RSA || ((ECDsa)key).ExportParameters(includePrivateParameters: false).Curve.IsNamed) yield return ($"a key of {name}", By(_issuing, _issuing.Issue(TestAuthority.San(Id), key: key)), key is RSA ? "2048 to 4096 are allowed" : "not P-256 or P-384");
        }

        var rsa = _root.Intermediate("rsa", RSA.Create(2048), []);
        foreach (var hash in new[] { "SHA1", "MD5" }) yield return ($"signed with RSA and {hash}", By(rsa, rsa.Issue(TestAuthority.San(Id), outdatedHash: hash)), "outdated");
        var outdated = _root.Intermediate("outdated", NewKey(), [], outdatedHash: "SHA1");
        yield return ("an issuer signed with SHA-1", By(outdated, outdated.Issue(Id)), "outdated");

        var good = _issuing.Issue(Id);
        var owner = PublishedPair.Generate();
        yield return ("the attestation of another key", _ => owner.Attest(good, _issuing.Intermediates()), "not signed by its certificate");
        yield return ("the attestation of another namespace", pair => pair.Attest(good, _issuing.Intermediates(), ring: "staging"), "another service or namespace");
        yield return ("the attestation of another service", pair => pair.Attest(_issuing.Issue("billing"), _issuing.Intermediates(), service: "billing"), "another service or namespace");
        yield return ("another certificate in front of the attestation", pair => pair.Attest(_issuing.Issue("billing"), _issuing.Intermediates()).Replace("\"x5c\":[", $"\"x5c\":[\"{Convert.ToBase64String(good.RawData)}\","), "not signed by its certificate");
        yield return ("another time of publication", pair => pair.Attest(good, _issuing.Intermediates()).Replace("\"at\":", "\"at\":1"), "not signed by its certificate");
        yield return ("another end time", pair => pair.Attest(good, _issuing.Intermediates()).Replace("\"until\":", "\"until\":1"), "not signed by its certificate");
        yield return ("an end time in the past", pair => pair.Attest(good, _issuing.Intermediates()).Replace("\"until\":", "\"until\":1,\"later\":"), "has ended");
        yield return ("no attestation", _ => null, "no attestation");
        foreach (var text in new[] { "1", "null", "{}", "[]", "{\"at\":1,\"until\":9999999999999,\"ring\":\"rewt\",\"service\":\"orders\",\"sig\":\"AA\",\"x5c\":[]}", "{\"at\":1,\"until\":9999999999999,\"ring\":\"rewt\",\"service\":\"orders\",\"sig\":\"AA\",\"x5c\":[\"!\"]}" })
        {
            yield return ($"the attestation {text}", _ => text, "malformed");
        }

        yield return ("bytes that are not a certificate", _ => "{\"at\":1,\"until\":9999999999999,\"ring\":\"rewt\",\"service\":\"orders\",\"sig\":\"AA\",\"x5c\":[\"AAAA\"]}", "malformed");
        yield return ("a chain that is too long", pair => pair.Attest(good, Enumerable.Repeat(_issuing.Certificate.RawData, 5)), "malformed");
    }

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private IEnumerable<(string Name, AsymmetricAlgorithm Key)> UnusualKeys()
    {
        yield return ("P-521", ECDsa.Create(ECCurve.NamedCurves.nistP521));
        yield return ("secp256k1", ECDsa.Create(ECCurve.CreateFromFriendlyName("secP256k1")));
        yield return ("explicit parameters", ECDsa.Create(NewKey().ExportExplicitParameters(includePrivateParameters: true)));
        yield return ("RSA 512", RSA.Create(512));
        yield return ("RSA 1024", RSA.Create(1024));
        // With a generator chosen by the attacker, the public key equals that of the root and the private key is known (CVE-2020-0601).
        var parameters = NewKey().ExportExplicitParameters(includePrivateParameters: true);
        using var root = _root.Certificate.GetECDsaPublicKey()!;
        parameters.Q = parameters.Curve.G = root.ExportParameters(includePrivateParameters: false).Q;
        parameters.D = [.. new byte[31], 1];
        yield return ("the root's point with another generator", ECDsa.Create(parameters));
    }

    private RewtOptions Settings(string service)
    {
        var options = new RewtOptions { KeyMode = KeyMode.KeyPair, ServiceName = service, RotationInterval = TimeSpan.FromHours(2), TrustedIssuers = ["orders"] };
        options.Identity.Authorities.Add(_root.Pem);
        return options;
    }

    private IEnumerable<string> Roots => [_root.Pem, _constrainedRoot.Pem, _expiredRoot.Pem];

    private string Revocations => $"{_issuing.Revoke(_revokedCertificate, _issuing.Issue("other"))}\n{_root.Revoke(_revokedAuthority.Certificate)}";

    private static StoreTime Now => StoreTime.From(TimeProvider.System.GetUtcNow());

    private static Func<PublishedPair, string?> By(TestAuthority issuer, X509Certificate2 certificate) => pair => pair.Attest(certificate, issuer.Intermediates());

    private static async Task<RewtRefusal> RefusalAsync(Instance instance, string token) => (await instance.Tokens.VerifyBearerAsync(token, Cancellation)).Refusal;

    private Action<RewtOptions> Demanding(string service) => options =>
    {
        Named(service)(options);
        options.Identity.Authorities.Add(_root.Pem);
    };

    private Action<RewtOptions> Attesting(string service, ScratchDirectory directory) => options =>
    {
        Demanding(service)(options);
        var (chain, key) = _issuing.PemFiles(_issuing.Issue($"spiffe://prod.example/{service}"));
        (options.Identity.CertificateFile, options.Identity.KeyFile) = (directory.Write($"{service}.crt", chain), directory.Write($"{service}.key", key));
    };

    private static Action<RewtOptions> Named(string service) => options =>
        (options.KeyMode, options.ServiceName, options.RefreshInterval) = (KeyMode.KeyPair, service, TimeSpan.FromMilliseconds(400));
}
