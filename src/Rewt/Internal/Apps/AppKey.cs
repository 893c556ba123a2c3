namespace Rewt.Internal;

/// <summary>What is kept of an API key. Times are Unix milliseconds.</summary>
internal sealed record AppKey(string Id, byte[] Hash, long Created, long? Expires, long? Revoked)
{
    public bool IsLive(long now) => Revoked is null && (Expires is not { } expires || now < expires);

    /// <summary>When it stopped being live for good; <see langword="null"/> while it is.</summary>
    public long? Ended(long now) => Revoked ?? (Expires <= now ? Expires : null);

    /// <summary>Names the key and does not show its hash.</summary>
    public override string ToString() => $"API key {Id}";
}
