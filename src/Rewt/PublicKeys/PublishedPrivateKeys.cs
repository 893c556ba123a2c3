using System.Collections.Frozen;

namespace Rewt.Internal;

/// <summary>
/// The public keys of widespread examples. The private keys of these examples are published too. If a service accepted one of these public keys, anyone
/// could sign tokens for the service.
/// </summary>
internal static class PublishedPrivateKeys
{
    public const string Problem = "the key is a published example, so its private key is known; generate a key";

    /// <summary>The thumbprints (RFC 7638).</summary>
    private static readonly FrozenSet<string> Thumbprints = FrozenSet.Create(
        StringComparer.Ordinal,
        // The debugger of jwt.io: ES256, ES384 and RS256.
        "19J8y7Zprt2-QKLjF2I5pVk0OELX6cY2AfaAv1LC_w8",
        "iTqXXI0zbAnJCKDaobfhkM1f-6rMSpTfyZMRp_2tKI8",
        "oGDmHqCJ7yzMkWEkrlZVHkvrHIyQwtlDmeq5ForUHeY",
        // RFC 7515, appendices A.2 and A.3.
        "IsUn6_e04MaShXFIISMp4kG62LWzMIPy_MvSA5pJgX8",
        "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U",
        // RFC 7517, appendix A.
        "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s",
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
        // RFC 7520, section 3.4.
        "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI");

    public static bool Contains(PublicKey key) => Thumbprints.Contains(key.Thumbprint);
}
