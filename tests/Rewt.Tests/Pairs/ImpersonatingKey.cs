namespace Rewt.Tests.Pairs;

/// <summary>Signs with one key but reports the key id, and optionally the algorithm, of another.</summary>
internal sealed class ImpersonatingKey(SigningKey key, string keyId, string? algorithm = null) : SigningKey
{
    public override KeyId KeyId => KeyId.Parse(keyId);

    public override string Algorithm => algorithm ?? key.Algorithm;

    public override int SignatureLength => key.SignatureLength;

    public override void Sign(ReadOnlySpan<byte> data, Span<byte> signature) => key.Sign(data, signature);
}
