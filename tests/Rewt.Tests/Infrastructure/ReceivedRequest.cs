namespace Rewt.Tests.Infrastructure;

/// <summary>What a callee was sent; its head is the request line and all headers.</summary>
internal sealed record ReceivedRequest(string Head, string Path, IReadOnlyList<string?> Authorization, byte[] Body)
{
    /// <summary>The bearer token; null without an Authorization header.</summary>
    public string? Token => Authorization.SingleOrDefault() is { } header && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header[7..] : null;

    public JsonWebToken Jwt => new(Token);
}
