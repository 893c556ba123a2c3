namespace Rewt.Internal;

/// <summary>A token that a <see cref="TokenSigner"/> has just signed: its text, its key id and its times.</summary>
internal readonly record struct SignedToken(string Value, string KeyId, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Returns the key id and the expiry, never the token.</summary>
    public override string ToString() => $"token of key {KeyId}, expires {ExpiresAt:O}";
}
