namespace Rewt.Samples.Demo;

/// <summary>The parsed command line.</summary>
internal sealed record DemoOptions(
    string? Redis, string Namespace, bool OwnsNamespace, TimeSpan Rotate, TimeSpan? Duration, int Rate, bool Headless, KeyMode KeyMode, bool NoBrowser);
