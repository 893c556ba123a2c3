namespace Rewt.Tests.Infrastructure;

/// <summary>An error reply of the server; inside an array reply it is an element and is not thrown.</summary>
public sealed class RespException(string message) : Exception(message);
