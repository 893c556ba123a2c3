using System.Globalization;
using Rewt.Load;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is [Flood.Sender, var address, var kind, var count, var perSecond])
{
    await Flood.SendAsync(new Uri(address), kind, int.Parse(count, CultureInfo.InvariantCulture), int.Parse(perSecond, CultureInfo.InvariantCulture));
    return 0;
}

var isShort = args.Contains("--short");
var wanted = args.Where(arg => arg != "--short").DefaultIfEmpty("all").ToHashSet(StringComparer.Ordinal);
var known = new[] { "all", "throughput", "latency", "rotation", "memory", "scale", "flood", "failover", "reconnect" };
if (wanted.FirstOrDefault(arg => !known.Contains(arg, StringComparer.Ordinal)) is { } unknown)
{
    Console.Error.WriteLine($"There is no measurement '{unknown}'; choose from {string.Join(", ", known)}, and --short for a short check that they work.");
    return 2;
}

if (Wants("throughput")) await Throughput.RunAsync(isShort ? 1 : 10, TimeSpan.FromSeconds(isShort ? 0.3 : 3), Console.Out);
if (Wants("latency")) await Latency.RunAsync(isShort ? 1 : 10, isShort ? 50 : 2_000, TimeSpan.FromSeconds(isShort ? 0 : 10), Console.Out);
if (Wants("rotation")) await Rotation.RunAsync(isShort ? 1 : 10, Console.Out);
if (Wants("memory")) await Memory.RunAsync(isShort ? 500 : 10_000, isShort ? 50 : 1_000, Console.Out);
if (Wants("scale")) await Scale.RunAsync(isShort ? 20 : 500, TimeSpan.FromSeconds(isShort ? 2 : 20), Console.Out);
if (Wants("flood")) await Flood.RunAsync(isShort ? 1 : 3, TimeSpan.FromSeconds(isShort ? 0.5 : 10), isShort ? 100 : 6_000, Console.Out);
if (Wants("failover")) await Failover.RunAsync(isShort ? 1 : 30, Console.Out);
if (Wants("reconnect")) await Reconnect.RunAsync(isShort ? 1 : 10, TimeSpan.FromSeconds(isShort ? 0.5 : 3), Console.Out);
return 0;

bool Wants(string name) => wanted.Contains("all") || wanted.Contains(name);
