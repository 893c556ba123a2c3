using System.Text;

namespace Rewt.Internal;

/// <summary>
/// Creates the source of public keys for an entry of <see cref="RewtOptions.VerificationKeys"/>, and validates the entry when the application starts.
/// An entry is the text of keys, a URL or the path of a file.
/// </summary>
internal static class PublicKeySourceFactory
{
    public static bool IsFile(string setting) => !PublicKeyText.IsKey(setting) && !IsAddress(setting);

    public static bool IsAddress(string setting) =>
        setting.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || setting.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns a sentence about the error in an entry; <see langword="null"/> if the entry is valid. The method sends no request.</summary>
    public static string? Problem(string setting, RewtOptions options, bool canDownload)
    {
        if (string.IsNullOrWhiteSpace(setting)) return "is empty";
        if (IsAddress(setting)) return ProblemOfAddress(setting, options, canDownload);

        try
        {
            var keys = PublicKeyText.IsKey(setting) ? Written(setting, options) : new KeyFile(setting, RsaAlgorithm(options)).Read();
            return keys.Keys.Count > 0 ? null : $"contains no usable key{(keys.Refused.Count > 0 ? $" ({keys.Refused[0]})" : "")}";
        }
        catch (PublicKeySourceException exception)
        {
            return $"is invalid: {exception.Message}";
        }
    }

    /// <summary>Creates the source of public keys for an entry.</summary>
    /// <exception cref="PublicKeySourceException">The entry is the text of a key that cannot be used.</exception>
    public static IPublicKeySource Open(string setting, RewtOptions options, IKeyDownload? download, TimeProvider time, ServiceIdentity? identity)
    {
        if (PublicKeyText.IsKey(setting)) return new InlineKeys(Written(setting, options));
        if (!IsAddress(setting)) return new KeyFile(setting, RsaAlgorithm(options));
        return new KeyUrl(
            new Uri(setting), RsaAlgorithm(options), download ?? throw new PublicKeySourceException("an address needs AddRewtAuthentication or AddRewtSigning, which can download keys"), options.RefreshInterval, time, identity);
    }

    private static PublicKeySet Written(string setting, RewtOptions options) =>
        PublicKeyText.TryRead(Encoding.UTF8.GetBytes(setting), RsaAlgorithm(options), out var problem) ?? throw new PublicKeySourceException($"the key cannot be used: {problem}");

    private static string RsaAlgorithm(RewtOptions options) => options.KeyPairs.Algorithm == "PS256" ? "PS256" : "RS256";

    private static string? ProblemOfAddress(string setting, RewtOptions options, bool canDownload)
    {
        if (!Uri.TryCreate(setting, UriKind.Absolute, out var address) || address.UserInfo.Length > 0) return "is not a valid address, or contains a user name or password";
        if (!canDownload) return "is an address, from which only AddRewtAuthentication and AddRewtSigning can download keys, and not AddRewtKeys alone";
        return address.Scheme == Uri.UriSchemeHttps || Loopback.IsLoopback(address.IdnHost) || options.AllowInsecureHttp
            ? null
            : "is an http address, so an attacker could replace the keys; use https, or set AllowInsecureHttp to true";
    }
}
