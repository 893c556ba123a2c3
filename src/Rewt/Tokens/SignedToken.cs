namespace Rewt.Internal;

/// <summary>A token that a <see cref="TokenSigner"/> has signed: the text of the token, its key id, and its times of issue and expiry.</summary>
internal readonly record struct SignedToken(string Value, KeyId KeyId, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Returns a text with the key id and the expiry, without the token.</summary>
    public override string ToString() => $"token of key {KeyId}, expires {ExpiresAt:O}";
}
