using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// A key's own signature under "this key is that service's": nobody can show another service's key as its own. No token can be taken for it, for what is
/// signed has characters that no token has.
/// </summary>
internal static class KeyProof
{
    public static string Make(KeyPair pair, string ring, string service)
    {
        var signature = new byte[pair.SignatureLength];
        pair.Sign(Statement(ring, service, pair.KeyId), signature);
        return Base64Url.EncodeToString(signature);
    }

    public static bool Holds(PublicKey key, string ring, string service, string proof)
    {
        if (!Base64Url.IsValid(proof)) return false;

        var signature = Base64Url.DecodeFromChars(proof);
        var statement = Statement(ring, service, key.KeyId);
        switch (key.SecurityKey)
        {
            case ECDsaSecurityKey ec:
                var hash = key.Algorithm == SecurityAlgorithms.EcdsaSha384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
                return ec.ECDsa.VerifyData(statement, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            case RsaSecurityKey numbers:
                using (var rsa = RSA.Create(numbers.Parameters))
                {
                    var padding = key.Algorithm == SecurityAlgorithms.RsaSsaPssSha256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
                    return rsa.VerifyData(statement, signature, HashAlgorithmName.SHA256, padding);
                }

            default:
                return false;
        }
    }

    private static byte[] Statement(string ring, string service, string keyId) => Encoding.ASCII.GetBytes($"rewt key\n{ring}\n{service}\n{keyId}");
}
