// Measures the cost of tenants: Redis commands per second by the number of active tenants, bytes per key ring, and how fast an instance loads them.
using System.Diagnostics;
using System.Globalization;
using Rewt.Benchmarks.Tenants;

const int Tenants = 100_000;
var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20;

using var redis = await RedisProcess.StartAsync();
await using var issuer = new Service(redis, "issuer");

var watch = Stopwatch.StartNew();
var empty = await redis.InfoAsync("used_memory");
await Parallel.ForAsync(0, Tenants, new ParallelOptions { MaxDegreeOfParallelism = 128 }, async (tenant, _) => await issuer.Tenants.CreateTenantAsync($"t{tenant}", CancellationToken.None));
Say($"{Tenants:N0} tenants created in {watch.Elapsed.TotalSeconds:N0} s; Redis holds {(await redis.InfoAsync("used_memory") - empty) / Tenants:N0} bytes for each");

foreach (var active in new[] { 0, 1_000, 10_000 })
{
    var tokens = new string[active];
    await Parallel.ForAsync(0, active, async (tenant, _) =>
        tokens[tenant] = await issuer.Tenants.Tokens($"t{tenant}").CreateBearerAsync("service", new Dictionary<string, object>(StringComparer.Ordinal) { ["n"] = tenant }, CancellationToken.None));
    // Waits until the issuer's own polls end, because its tenants are no longer in use.
    await Task.Delay(TimeSpan.FromSeconds(12));

    await using var service = new Service(redis, "service");
    var before = Heap();
    watch.Restart();
    await Parallel.ForAsync(0, active, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (tenant, _) => await VerifyAsync(service, tenant));
    var loaded = watch.Elapsed;
    var bytes = Heap() - before;

    // Each active tenant calls every two seconds.
    var (commands, calls, cpu) = (await redis.InfoAsync("total_commands_processed"), 0, Process.GetCurrentProcess().TotalProcessorTime);
    var slowest = TimeSpan.Zero;
    watch.Restart();
    while (watch.Elapsed < TimeSpan.FromSeconds(seconds))
    {
        var round = watch.Elapsed;
        for (var tenant = 0; tenant < active; tenant++)
        {
            var began = watch.Elapsed;
            await VerifyAsync(service, tenant);
            if (watch.Elapsed - began > slowest) slowest = watch.Elapsed - began;
            calls++;
        }

        var rest = TimeSpan.FromSeconds(2) - (watch.Elapsed - round);
        if (rest > TimeSpan.Zero) await Task.Delay(rest);
    }

    var spent = (await redis.InfoAsync("total_commands_processed") - commands) / watch.Elapsed.TotalSeconds;
    var busy = (Process.GetCurrentProcess().TotalProcessorTime - cpu) / watch.Elapsed;
    Say($"{active,6:N0} active: {spent,7:N0} Redis commands/s ({(active == 0 ? 0 : spent / active):N2} a tenant), {calls / watch.Elapsed.TotalSeconds:N0} calls/s, slowest {slowest.TotalMilliseconds:N0} ms, "
        + $"CPU {busy:P0}; taken up in {loaded.TotalSeconds:N1} s, {(active == 0 ? 0 : bytes / active):N0} bytes a ring");

    async ValueTask VerifyAsync(Service on, int tenant)
    {
        var verification = await on.Tenants.Tokens($"t{tenant}").VerifyBearerAsync(tokens[tenant], CancellationToken.None);
        // One-minute tokens are signed again in turn, so an expired token is not an error; its refusal would show in the figures.
        if (!verification.IsValid && verification.Refusal != Rewt.RewtRefusal.Expired) throw new InvalidOperationException($"t{tenant}: {verification}");
    }
}

{
    // Tokens of tenants that do not exist.
    await using var service = new Service(redis, "service");
    var size = await redis.AskAsync("DBSIZE");
    var token = await issuer.Tenants.Tokens("t0").CreateBearerAsync("service");
    var commands = await redis.InfoAsync("total_commands_processed");
    watch.Restart();
    var refused = 0;
    while (watch.Elapsed < TimeSpan.FromSeconds(seconds))
    {
        var round = Enumerable.Range(0, 500).Select(_ => service.Tenants.Tokens("junk").VerifyBearerAsync(Bend(token, Guid.NewGuid().ToString("N"))));
        refused += (await Task.WhenAll(round)).Count(verification => !verification.IsValid);
    }

    var spent = (await redis.InfoAsync("total_commands_processed") - commands) / watch.Elapsed.TotalSeconds;
    Say($"junk: {refused / watch.Elapsed.TotalSeconds:N0} random tenants/s refused, {spent:N1} Redis commands/s, DBSIZE {(size == await redis.AskAsync("DBSIZE") ? "unchanged" : "CHANGED")}");
}

static string Bend(string token, string tenant)
{
    var parts = token.Split('.');
    var claims = System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1])).Replace("\"t0\"", $"\"{tenant}\"", StringComparison.Ordinal);
    return $"{parts[0]}.{System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(claims))}.{parts[2]}";
}

static long Heap() => GC.GetTotalMemory(forceFullCollection: true);

static void Say(string line) => Console.WriteLine(line);
