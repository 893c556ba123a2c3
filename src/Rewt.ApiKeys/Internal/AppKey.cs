namespace Rewt.Internal;

/// <summary>
/// An API key as it is stored: the hash of the key, and the times at which the key was created, expires and was revoked, in Unix milliseconds. The
/// key itself is never stored.
/// </summary>
internal sealed record AppKey(string Id, byte[] Hash, long Created, long? Expires, long? Revoked)
{
    public bool IsLive(long now) => Revoked is null && (Expires is not { } expires || now < expires);

    /// <summary>
    /// Returns the time at which the key was revoked or expired, in Unix milliseconds; <see langword="null"/> if the key is neither revoked nor
    /// expired.
    /// </summary>
    public long? Ended(long now) => Revoked ?? (Expires <= now ? Expires : null);

    /// <summary>Returns the key id, without the hash.</summary>
    public override string ToString() => $"API key {Id}";
}
