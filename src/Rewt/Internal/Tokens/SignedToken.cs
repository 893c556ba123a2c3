namespace Rewt.Internal;

/// <summary>A token with what its holder must know of it.</summary>
internal readonly record struct SignedToken(string Value, string KeyId, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Names the key and never shows the token.</summary>
    public override string ToString() => $"token of key {KeyId}, expires {ExpiresAt:O}";
}
