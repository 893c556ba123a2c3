namespace Rewt.Samples.Demo;

/// <summary>What the command line asked for.</summary>
internal sealed record DemoOptions(
    string? Redis, string Namespace, bool OwnsNamespace, TimeSpan Rotate, TimeSpan? Duration, int Rate, bool Headless, KeyMode KeyMode, bool NoBrowser);
