namespace Rewt.Tests.Infrastructure;

/// <summary>Represents an error reply of the server. Inside an array reply it is an element and is not thrown.</summary>
public sealed class RespException(string message) : Exception(message);
