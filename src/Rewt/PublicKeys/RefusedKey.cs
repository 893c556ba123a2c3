namespace Rewt.Internal;

/// <summary>A public key that was refused when it was read, with the reason, for the log and the health check.</summary>
/// <param name="Entry">The name of the entry, or its position in the set. It is safe to print.</param>
/// <param name="Problem">The reason for the refusal, a sentence without a full stop.</param>
internal sealed record RefusedKey(string Entry, string Problem)
{
    /// <summary>Whether the key may be good, but is of a kind that Rewt does not verify with. Signers publish such keys beside those for other receivers.</summary>
    public bool IsUnsupported => Problem is JwkReader.OtherKind or JwkReader.OtherCurve or PublicKey.OtherRsaAlgorithm;

    public override string ToString() => $"{Entry}: {Problem}";
}
