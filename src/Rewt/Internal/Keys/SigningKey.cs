namespace Rewt.Internal;

/// <summary>A key that this process can sign with, and the one algorithm it is for.</summary>
internal abstract class SigningKey
{
    public abstract string KeyId { get; }

    /// <summary><c>alg</c> (RFC 7518 §3.1).</summary>
    public abstract string Algorithm { get; }

    /// <summary>The bytes of each of its signatures.</summary>
    public abstract int SignatureLength { get; }

    /// <summary>Signs into as many bytes as a signature has.</summary>
    public abstract void Sign(ReadOnlySpan<byte> data, Span<byte> signature);
}
