namespace Rewt.Samples.Demo;

/// <summary>The demo cannot run. The user sees only the message, which gives the reason.</summary>
internal sealed class DemoException(string message) : Exception(message);
