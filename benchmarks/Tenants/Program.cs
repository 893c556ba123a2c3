// Measures the cost of tenants: Redis commands, memory and time by the number of tenants, forged tenants, and how fast a revocation arrives.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Rewt.Benchmarks.Tenants;

var tenants = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
// A small number only checks that the program runs.
var isShort = tenants < 10_000;
var active = isShort ? tenants : 10_000;

using var redis = await RedisProcess.StartAsync();
await using var issuer = new Service(redis, "issuer", TimeSpan.FromSeconds(5));
var watch = new Stopwatch();

{
    // Each tenant calls once.
    await using var receiver = new Service(redis, "service", TimeSpan.FromSeconds(5));
    await VerifyAsync(receiver, 0, await SignAsync(0));
    var (memory, stored, commands) = (GC.GetTotalMemory(true), await redis.InfoAsync("used_memory"), await redis.CallsAsync("zmscore"));
    watch.Restart();
    await Parallel.ForAsync(1, tenants, new ParallelOptions { MaxDegreeOfParallelism = 128 }, async (tenant, _) => await VerifyAsync(receiver, tenant, await SignAsync(tenant)));
    Print($"{tenants:N0} tenants, one call each: {tenants / watch.Elapsed.TotalSeconds:N0} calls/s, {(await redis.CallsAsync("zmscore") - commands) / 2.0 / tenants:N2} commands a tenant on each of the two instances, "
        + $"{(GC.GetTotalMemory(true) - memory) / 1e6:N0} MB more in this process, {(await redis.InfoAsync("used_memory") - stored) / 1e6:N1} MB more in Redis");
}

{
    await using var receiver = new Service(redis, "service", TimeSpan.FromSeconds(5));
    var tokens = await SignAllAsync();
    await Parallel.ForAsync(0, active, async (tenant, _) => await VerifyAsync(receiver, tenant, tokens[tenant]));

    var commands = await redis.CallsAsync("zmscore");
    await Task.Delay(TimeSpan.FromSeconds(isShort ? 1 : 20));
    Print($"{active:N0} active tenants, nothing revoked: {await redis.CallsAsync("zmscore") - commands} reads of tenants in {(isShort ? 1 : 20)} s (two instances)");

    // Forged tenants.
    var token = tokens[0];
    var total = await redis.CallsAsync("zmscore");
    watch.Restart();
    var forgeries = isShort ? 100 : 100_000;
    for (var i = 0; i < forgeries; i++)
    {
        if ((await receiver.Tokens.VerifyBearerAsync(ReplaceTenant(token, $"forged-{i}"))).IsValid) throw new InvalidOperationException("A forged token was accepted.");
    }

    Print($"{forgeries:N0} forged tenants: {await redis.CallsAsync("zmscore") - total} reads of tenants, {watch.Elapsed.TotalMicroseconds / forgeries:N1} µs each");
}

{
    // One of ten thousand tenants is revoked, with eight instances under load.
    var services = Enumerable.Range(0, 8).Select(_ => new Service(redis, "service", TimeSpan.FromSeconds(5))).ToList();
    var tokens = await SignAllAsync();
    foreach (var service in services) await Parallel.ForAsync(0, active, async (tenant, _) => await VerifyAsync(service, tenant, tokens[tenant]));
    var delays = new List<double>();
    for (var round = 1; round <= (isShort ? 2 : 50); round++)
    {
        var revoked = round;
        await issuer.Tenants.RevokeTenantAsync($"t{revoked}");
        var began = TimeProvider.System.GetTimestamp();
        delays.AddRange(await Task.WhenAll(services.Select(service => Task.Run(async () =>
        {
            for (var other = 0; (await service.Tokens.VerifyBearerAsync(tokens[revoked])).IsValid; other++)
            {
                await VerifyAsync(service, Bystander(other), tokens[Bystander(other)]);
                await Task.Delay(1);
            }

            return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
        }))));
        // Up to two reads a second are not delayed.
        await Task.Delay(700);
    }

    delays.Sort();
    Print($"a revocation reaches 8 instances: median {delays[delays.Count / 2]:N0} ms, 99 % {delays[delays.Count * 99 / 100]:N0} ms; no other tenant was refused");
    foreach (var service in services) await service.DisposeAsync();
}

{
    // The cost of a request.
    var calls = isShort ? 100 : 20_000;
    await using var plain = new Service(redis, "service", TimeSpan.FromSeconds(5), hasTenants: false);
    await using var receiver = new Service(redis, "service", TimeSpan.FromSeconds(5));
    var own = new string[active];
    for (var i = 0; i < active; i++) own[i] = await plain.Tokens.CreateBearerAsync("service");
    var tokens = new string[active];
    for (var i = 0; i < active; i++) tokens[i] = await SignAsync(0);
    var forgedOwn = Enumerable.Range(0, calls).Select(i => ReplaceTenant(own[0], $"forged-{i}")).ToArray();
    var forged = Enumerable.Range(0, calls).Select(i => ReplaceTenant(tokens[0], $"forged-{i}")).ToArray();

    var (seenOwn, seenTenant) = await CompareAsync(i => plain.AuthenticateAsync(own[0]), i => receiver.AuthenticateAsync(tokens[0]));
    var (newOwn, newTenant) = await CompareAsync(i => plain.AuthenticateAsync(own[i % active]), i => receiver.AuthenticateAsync(tokens[i % active]));
    var (refusedOwn, refusedTenant) = await CompareAsync(i => plain.AuthenticateAsync(forgedOwn[i]), i => receiver.AuthenticateAsync(forged[i]), isValid: false);
    Print($"request with a token seen before: {seenOwn:N2} µs without tenants, {seenTenant:N2} µs with ({seenTenant / seenOwn:N2})");
    Print($"new token, derived key cached: {newOwn:N2} µs, {newTenant:N2} µs ({newTenant / newOwn:N2})");
    Print($"forged token: {refusedOwn:N2} µs, derived key not cached {refusedTenant:N2} µs; "
        + $"a new token whose key is not cached: {(newTenant + refusedTenant - refusedOwn) / newOwn:N2}");

    async Task<(double Own, double Tenant)> CompareAsync(Func<int, Task<bool>> first, Func<int, Task<bool>> second, bool isValid = true)
    {
        var (own, tenant) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < 9; round++)
        {
            own = Math.Min(own, await MeasureAsync(first, isValid));
            tenant = Math.Min(tenant, await MeasureAsync(second, isValid));
        }

        return (own, tenant);
    }

    async Task<double> MeasureAsync(Func<int, Task<bool>> call, bool isValid)
    {
        watch.Restart();
        for (var i = 0; i < calls; i++)
        {
            if (await call(i) != isValid) throw new InvalidOperationException("The measured operation does not work.");
        }

        return watch.Elapsed.TotalMicroseconds / calls;
    }
}

async Task<string[]> SignAllAsync()
{
    var tokens = new string[active];
    await Parallel.ForAsync(0, active, async (tenant, _) => tokens[tenant] = await SignAsync(tenant));
    return tokens;
}

// A tenant that is not revoked.
int Bystander(int number) => (active / 2) + (number % (active / 2));

Task<string> SignAsync(int tenant) => issuer.Tenants.Tokens($"t{tenant}").CreateBearerAsync("service");

static async Task VerifyAsync(Service service, int tenant, string token)
{
    var verification = await service.Tokens.VerifyBearerAsync(token);
    if (!verification.IsValid) throw new InvalidOperationException($"t{tenant}: {verification}");
}

static string ReplaceTenant(string token, string tenant)
{
    var parts = token.Split('.');
    var claims = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
    claims = claims.Contains("\"tenant\"", StringComparison.Ordinal) ? claims.Replace("\"t0\"", $"\"{tenant}\"", StringComparison.Ordinal) : claims[..^1] + $",\"tenant\":\"{tenant}\"}}";
    return $"{parts[0]}.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.{parts[2]}";
}

static void Print(string line) => Console.WriteLine(line);
