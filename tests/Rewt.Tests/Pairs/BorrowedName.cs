namespace Rewt.Tests.Pairs;

/// <summary>Signs with one key and says it is another, or for another algorithm.</summary>
internal sealed class BorrowedName(SigningKey key, string keyId, string? algorithm = null) : SigningKey
{
    public override string KeyId => keyId;

    public override string Algorithm => algorithm ?? key.Algorithm;

    public override int SignatureLength => key.SignatureLength;

    public override void Sign(ReadOnlySpan<byte> data, Span<byte> signature) => key.Sign(data, signature);
}
