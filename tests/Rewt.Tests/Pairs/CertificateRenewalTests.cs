namespace Rewt.Tests.Pairs;

/// <summary>Tests the renewal of certificates by services that run in separate processes.</summary>
public sealed class CertificateRenewalTests(ITestOutputHelper output)
{
    private const int Callers = 32;

    private static readonly string[] Services = ["orders", "inventory"];
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    private readonly TestAuthority _issuing = TestAuthority.Root().Intermediate("issuing");

    [Fact]
    [Trait("Category", "Long")]
    public async Task Renewing_certificates_every_20_seconds_fails_no_call_of_32_callers()
    {
        // 15 renewals take five minutes.
        var renewals = int.TryParse(Environment.GetEnvironmentVariable("REWT_RENEWALS"), CultureInfo.InvariantCulture, out var configured) ? configured : 3;
        using var directory = new ScratchDirectory();
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var one = InstanceProcess.Start();
        await using var two = InstanceProcess.Start();
        await using var three = InstanceProcess.Start();
        await using var four = InstanceProcess.Start();
        (string Service, InstanceProcess Process)[] fleet = [("orders", one), ("inventory", two), ("orders", three), ("inventory", four)];
        var (failures, observed, calls) = (new ConcurrentBag<string>(), new HashSet<string>(StringComparer.Ordinal), 0);
        using var stop = new CancellationTokenSource();
        Renew();
        var renewing = RenewAgainAsync();
        foreach (var (service, process) in fleet) await StartAsync(service, process);
        var routes = Enumerable.Range(0, fleet.Length).SelectMany(index => new[] { (From: fleet[index], To: fleet[(index + 1) % 4]), (From: fleet[index], To: fleet[(index + 3) % 4]) }).ToList();
        foreach (var (from, to) in routes) await Eventually.TrueAsync(async () => await ProblemOfCallAsync(from, to) is null, "the fleet has started");

        var (began, first) = (TimeProvider.System.GetTimestamp(), observed.Count);
        var load = Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(routes[caller % routes.Count].From, routes[caller % routes.Count].To), Cancellation)).ToList();
        await Task.Delay(Interval * (renewals + 1), TimeProvider.System, Cancellation);
        await stop.CancelAsync();
        await Task.WhenAll([.. load, renewing]);

        output.WriteLine($"{renewals} renewals, {observed.Count} certificates attested keys, {calls} calls, {failures.Count} failed");
        failures.Distinct().ShouldBeEmpty();
        calls.ShouldBeGreaterThan(Callers * renewals);
        observed.Count.ShouldBeGreaterThan(first);

        // A certificate expires when its second renewal is due.
        void Renew()
        {
            foreach (var service in Services)
            {
                var now = TimeProvider.System.GetUtcNow();
                var (chain, key) = _issuing.PemFiles(_issuing.Issue(TestAuthority.San($"spiffe://prod.example/{service}"), now.AddSeconds(-1), now + (Interval * 2)));
                directory.Write($"{service}.crt", chain);
                directory.Write($"{service}.key", key);
            }
        }

        Task StartAsync(string service, InstanceProcess process) => process.StartInstanceAsync(
            "it",
            redis.ConnectionString,
            share: false,
            ("Rewt:ServiceName", service),
            ("Rewt:KeyMode", "KeyPair"),
            ("Rewt:RotationInterval", "00:01:00"),
            ("Rewt:Identity:CertificateFile", directory[$"{service}.crt"]),
            ("Rewt:Identity:KeyFile", directory[$"{service}.key"]),
            ("Rewt:Identity:Authorities:0", _issuing.Parent!.Pem));

        async Task RenewAgainAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                await Task.Delay(Interval, TimeProvider.System, CancellationToken.None);
                foreach (var service in Services) observed.UnionWith(await CertificatesAsync(service));
                Renew();
            }
        }

        async Task CallAsync((string Service, InstanceProcess Process) sender, (string Service, InstanceProcess Process) receiver)
        {
            while (!stop.IsCancellationRequested)
            {
                if (await ProblemOfCallAsync(sender, receiver) is { } problem) failures.Add($"{TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s: {sender.Service} to {receiver.Service}: {problem}");
                Interlocked.Increment(ref calls);
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
            }
        }

        // There is no client and so no retry: every refusal is counted.
        static async Task<string?> ProblemOfCallAsync((string Service, InstanceProcess Process) sender, (string Service, InstanceProcess Process) receiver)
        {
            try
            {
                var token = (await sender.Process.AskAsync("bearer", "it", receiver.Service)).GetString();
                var verdict = await receiver.Process.AskAsync("verify-bearer", "it", token);
                return verdict.GetProperty("isValid").GetBoolean() ? null : verdict.GetProperty("refusal").GetString();
            }
            catch (InvalidOperationException exception)
            {
                return exception.Message;
            }
        }

        async Task<IEnumerable<string>> CertificatesAsync(string service)
        {
            var reply = (await redis.CommandAsync("HVALS", $"{{rewt:rewt-keys}}:{service}:keys")).ShouldBeOfType<object?[]>();
            return reply.Select(entry => JsonDocument.Parse((string)entry!).RootElement.GetProperty(Attestation.Member).GetProperty("x5c")[0].GetString()!);
        }
    }
}
