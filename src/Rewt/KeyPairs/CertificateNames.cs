using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rewt.Internal;

/// <summary>
/// Reads the DNS names and URIs of a certificate (subject alternative names, RFC 5280 §4.2.1.6), and finds the name that identifies a given service.
/// Names are compared byte by byte, without wildcards or decoding. A DNS name never matches a URI with the same text, because the name constraints of
/// an authority limit DNS names and URIs separately.
/// </summary>
internal static class CertificateNames
{
    public const string Placeholder = "{service}";
    public const string Scheme = "spiffe://";

    private const string SubjectAlternativeName = "2.5.29.17";
    private const int DnsTag = 2;
    private const int UriTag = 6;

    /// <summary>Returns the DNS names and URIs of a certificate; <see langword="null"/> if they are malformed.</summary>
    public static IReadOnlyList<(string Text, bool IsUri)>? Of(X509Certificate2 certificate)
    {
        var names = new List<(string Text, bool IsUri)>();
        if (certificate.Extensions.FirstOrDefault(extension => extension.Oid?.Value == SubjectAlternativeName) is not { } extension) return names;

        try
        {
            var all = new AsnReader(extension.RawData, AsnEncodingRules.DER);
            var sequence = all.ReadSequence();
            all.ThrowIfNotEmpty();
            while (sequence.HasData)
            {
                var tag = sequence.PeekTag();
                if (tag.TagClass == TagClass.ContextSpecific && tag.TagValue is DnsTag or UriTag) names.Add((sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag), tag.TagValue == UriTag));
                else sequence.ReadEncodedValue();
            }
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            return null;
        }

        // With two SPIFFE IDs, it is unclear which service the certificate is for.
        return names.Count(name => name.Text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) > 1 ? null : names;
    }

    /// <summary>Returns the first name that identifies a service; <see langword="null"/> if there is none.</summary>
    /// <param name="names">The names in a certificate.</param>
    /// <param name="service">The name of the service.</param>
    /// <param name="templates">The accepted names, with a placeholder for the name of the service. If the list is empty, the default names are
    /// accepted.</param>
    public static string? Find(IReadOnlyList<(string Text, bool IsUri)> names, string service, IReadOnlyCollection<string> templates) => templates.Count > 0
        ? names.FirstOrDefault(name => templates.Any(template => name == (template.Replace(Placeholder, service, StringComparison.Ordinal), IsId(template)))).Text
        : names.FirstOrDefault(name => name.IsUri ? IsIdOf(name.Text, service) : name.Text == service).Text;

    /// <summary>Returns the trust domain of the SPIFFE ID in a certificate; <see langword="null"/> if the certificate has no SPIFFE ID.</summary>
    public static string? TrustDomainOf(IReadOnlyList<(string Text, bool IsUri)> names) =>
        names.FirstOrDefault(name => name.IsUri && name.Text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)).Text is { } id ? id[Scheme.Length..].Split('/')[0] : null;

    private static bool IsId(string name) => name.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Returns whether a name is a SPIFFE ID whose last path segment is the name of the service.</summary>
    private static bool IsIdOf(string name, string service)
    {
        if (!IsId(name) || !name.EndsWith($"/{service}", StringComparison.Ordinal)) return false;

        var parts = name[Scheme.Length..].Split('/');
        return parts.Length > 1 && parts.All(part => Names.IsName(part) && part is not ("." or ".."));
    }
}
