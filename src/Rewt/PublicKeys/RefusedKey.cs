namespace Rewt.Internal;

/// <summary>A public key that was refused when it was read, and the reason. The log and the health check report the refused key.</summary>
/// <param name="Entry">The name of the refused entry, or its position in the set. The text can be logged.</param>
/// <param name="Problem">The reason for the refusal, as a sentence without a full stop.</param>
internal sealed record RefusedKey(string Entry, string Problem)
{
    /// <summary>Whether the key is refused only because Rewt does not support its kind. A signer can publish such keys for other receivers.</summary>
    public bool IsUnsupported => Problem is JwkReader.OtherKind or JwkReader.OtherCurve or PublicKey.OtherRsaAlgorithm;

    public override string ToString() => $"{Entry}: {Problem}";
}
