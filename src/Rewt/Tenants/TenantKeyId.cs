using System.Globalization;

namespace Rewt.Internal;

/// <summary>
/// Writes and parses the key id (<c>kid</c>) of a tenant's key: the key id of the secret that the key is derived from, a dot and the tenant's
/// <see cref="TenantState.Generation"/>. No other key id contains a dot. The key id does not contain the name of the tenant, which is in the claim
/// <c>tenant</c>.
/// </summary>
internal static class TenantKeyId
{
    private const int MostDigits = 15;

    public static KeyId Of(KeyId secretId, StoreTime generation) => KeyId.Parse($"{secretId}.{generation}");

    /// <summary>
    /// Parses a text that <see cref="Of"/> returned. Any other text is refused, for example a number with leading zeros, so that each key has only
    /// one id.
    /// </summary>
    public static bool TryParse(KeyId keyId, out KeyId secretId, out StoreTime generation)
    {
        (secretId, generation) = (default, default);
        var text = keyId.ToString();
        if (text.Length is < KeyId.Length + 2 or > KeyId.Length + 1 + MostDigits || text[KeyId.Length] != '.') return false;

        var digits = text.AsSpan(KeyId.Length + 1);
        if ((digits[0] == '0' && digits.Length > 1) || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)) return false;
        (secretId, generation) = (KeyId.Parse(text[..KeyId.Length]), new(milliseconds));
        return secretId.IsOfSecret && generation <= StoreTime.Latest;
    }
}
