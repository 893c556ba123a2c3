using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Rewt;
using Rewt.Fuzz;

var count = Argument("--count", 1_000_000);
var seed = Argument("--seed", 20260101);

var services = new ServiceCollection();
services.AddRewtInMemoryKeys(options =>
{
    options.ServiceName = "fuzz";
    // The lifetime exceeds the run, because an expired token would be rejected for that reason alone.
    options.TokenLifetime = options.MaxTokenLifetime = TimeSpan.FromDays(1);
});
await using var provider = services.BuildServiceProvider();
var tokens = provider.GetRequiredService<IRewtTokens>();
var claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["userId"] = "u-42", ["roles"] = new[] { "reader", "writer" }, ["nested"] = new { a = 1, b = "é" } };
var run = new FuzzRun(tokens, await tokens.CreateBearerAsync("fuzz", claims), seed);

var started = TimeProvider.System.GetTimestamp();
var result = await run.ExecuteAsync(count);
var elapsed = TimeProvider.System.GetElapsedTime(started);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{count} variants, seed {seed}: {result.Accepted} accepted, {result.Exceptions} exceptions, {result.Waiting} with a possible key id; {elapsed.TotalSeconds:F1} s"));
foreach (var variant in result.Samples) Console.WriteLine(variant);
return result is { Accepted: 0, Exceptions: 0 } && (await tokens.VerifyBearerAsync(run.ValidToken)).IsValid ? 0 : 1;

int Argument(string name, int fallback)
{
    var at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : fallback;
}
