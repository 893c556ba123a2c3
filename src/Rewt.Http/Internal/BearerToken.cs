using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>A token ready to attach.</summary>
internal sealed record BearerToken(AuthenticationHeaderValue Header, string KeyId, DateTimeOffset IssuedAt, DateTimeOffset UseUntil)
{
    /// <summary>Whose keys signed, where each tenant has keys of its own.</summary>
    public string? Tenant { get; init; }

    /// <summary>Not before it was issued either: after a clock is set back, receivers take it for one from the future.</summary>
    public bool IsUsable(DateTimeOffset now) => IssuedAt <= now && now < UseUntil;

    /// <summary>Names the key and never shows the token.</summary>
    public override string ToString() => $"bearer token of key {KeyId}";
}
