namespace Rewt.Samples.Demo;

/// <summary>The demo cannot run; the message says why and is all that the user sees.</summary>
internal sealed class DemoException(string message) : Exception(message);
