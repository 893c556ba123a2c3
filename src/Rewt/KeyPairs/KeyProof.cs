using System.Buffers.Text;
using System.Text;

namespace Rewt.Internal;

/// <summary>
/// Creates and checks the proof that a service owns the key that it publishes. The proof is a signature of the service's name with the private key.
/// Without the proof, a service could publish the key of another service as its own. The signed text contains characters that no token contains, so a
/// token cannot be used as a proof.
/// </summary>
internal static class KeyProof
{
    public static string Make(KeyPair pair, PairRingId ring)
    {
        var signature = new byte[pair.SignatureLength];
        pair.Sign(Statement(ring, pair.KeyId), signature);
        return Base64Url.EncodeToString(signature);
    }

    public static bool Holds(PublicKey key, PairRingId ring, string proof) => Verifies(key, Statement(ring, key.KeyId), proof);

    /// <summary>Returns whether a text is the signature of a statement with a given key.</summary>
    public static bool Verifies(PublicKey key, byte[] statement, string text)
    {
        if (!Base64Url.IsValid(text)) return false;

        var signature = Base64Url.DecodeFromChars(text);
        if (signature.Length != KeyAlgorithms.SignatureLength(key.SecurityKey)) return false;

        // This verifier is disposed at once. The verifier of the key would exist as long as the key, and most keys that are checked repeatedly are refused.
        using var verifier = key.SecurityKey.CryptoProviderFactory.CreateForVerifying(key.SecurityKey, key.Algorithm, cacheProvider: false);
        return verifier.Verify(statement, signature);
    }

    private static byte[] Statement(PairRingId ring, KeyId keyId) => Encoding.ASCII.GetBytes($"rewt key\n{ring.Namespace}\n{ring.Service}\n{keyId}");
}
