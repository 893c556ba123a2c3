namespace Rewt.Internal;

/// <summary>
/// An API key as a store holds it within its app: the key's hash, never the key, and when it was created, expires and was revoked, in Unix
/// milliseconds.
/// </summary>
internal sealed record AppKey(string Id, byte[] Hash, long Created, long? Expires, long? Revoked)
{
    public bool IsLive(long now) => Revoked is null && (Expires is not { } expires || now < expires);

    /// <summary>Returns when the key was revoked or expired; <see langword="null"/> while it is live.</summary>
    public long? Ended(long now) => Revoked ?? (Expires <= now ? Expires : null);

    /// <summary>Returns the key id, without the hash.</summary>
    public override string ToString() => $"API key {Id}";
}
