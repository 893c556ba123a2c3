using Microsoft.IdentityModel.JsonWebTokens;

namespace Rewt.Tests.Sending;

internal sealed record ReceivedRequest(string Method, string Path, IReadOnlyList<string?> Authorization, byte[] Body)
{
    /// <summary>The bearer token; null without an Authorization header.</summary>
    public string? Token => Authorization.SingleOrDefault() is { } header && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header[7..] : null;

    public JsonWebToken Jwt => new(Token);
}
