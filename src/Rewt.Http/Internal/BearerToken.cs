using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>A token ready to attach.</summary>
/// <param name="Header">The header that carries it.</param>
/// <param name="KeyId">The key that signed it.</param>
/// <param name="IssuedAt">When it was signed.</param>
/// <param name="RefreshAt">When the next one is made, while this one is still used.</param>
/// <param name="UseUntil">When it is too old to be sent: it must not arrive expired.</param>
internal sealed record BearerToken(AuthenticationHeaderValue Header, string KeyId, DateTimeOffset IssuedAt, DateTimeOffset RefreshAt, DateTimeOffset UseUntil)
{
    /// <summary>Whose keys signed, where each tenant has keys of its own.</summary>
    public string? Tenant { get; init; }

    /// <summary>The key was pending by the store: a Node service cannot know it before the write that makes it current has landed.</summary>
    public bool IsAhead { get; init; }

    /// <summary>Not before it was issued either: after a clock is set back, receivers take it for one from the future.</summary>
    public bool IsUsable(DateTimeOffset now) => IssuedAt <= now && now < UseUntil;

    /// <summary>Names the key and never shows the token.</summary>
    public override string ToString() => $"bearer token of key {KeyId}";
}
