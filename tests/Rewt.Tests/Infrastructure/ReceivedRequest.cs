namespace Rewt.Tests.Infrastructure;

/// <summary>Represents a request that a callee received. The head is the request line and all headers.</summary>
internal sealed record ReceivedRequest(string Head, string Path, IReadOnlyList<string?> Authorization, byte[] Body)
{
    /// <summary>Gets the bearer token, or null if the request has none.</summary>
    public string? Token => Authorization.SingleOrDefault() is { } header && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header[7..] : null;

    public JsonWebToken Jwt => new(Token);
}
