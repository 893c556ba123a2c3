using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Rewt.Internal;

/// <summary>
/// The built-in <see cref="IRewtSecretProtector"/>. The class encrypts the secrets in the store with AES-256-GCM and the keys of
/// <see cref="RewtSealingOptions.Keys"/>. The first key encrypts, and every key can decrypt.
/// </summary>
internal sealed class SealingKeys : IRewtSecretProtector
{
    private const int Length = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HintLength = 8;
    private const int LongestFile = 1024;

    /// <summary>
    /// The minimum number of different values among the 32 bytes of a key, and among the differences between neighbouring bytes. A random key
    /// practically always has more different values.
    /// </summary>
    private const int FewestValues = 16;

    private readonly (string Hint, byte[] Key)[] _keys;

    private SealingKeys(IEnumerable<byte[]> keys) => _keys = [.. keys.Select(key => (HintOf(key), key))];

    public static bool IsFile(string setting) => KeyOf(setting) is null;

    /// <summary>
    /// Reads the keys from the settings. A problem is a sentence that begins with the name of the setting and never contains its value.
    /// </summary>
    public static SealingKeys? TryRead(IList<string> settings, out IReadOnlyList<string> problems)
    {
        var keys = new List<byte[]>();
        var found = new List<string>();
        for (var index = 0; index < settings.Count; index++)
        {
            var (key, problem) = Read(settings[index]);
            if (key is not null && keys.Exists(other => other.AsSpan().SequenceEqual(key))) problem = "is a key that an earlier entry contains too; remove it";
            if (problem is not null) found.Add($"Sealing:Keys:{index} {problem}.");
            else keys.Add(key!);
        }

        problems = found;
        return found.Count == 0 && keys.Count > 0 ? new SealingKeys(keys) : null;
    }

    /// <summary>
    /// Returns the protector of a namespace. If the application has registered a protector, the method returns this protector. Otherwise, it returns
    /// a protector with the sealing keys of the settings; <see langword="null"/> if the settings contain no sealing keys.
    /// </summary>
    public static IRewtSecretProtector? ProtectorOf(IServiceProvider services, RewtOptions options)
    {
        if (HasKeyedProtector(services, options)) return services.GetRequiredKeyedService<IRewtSecretProtector>(options.Namespace);
        if (services.GetService<IRewtSecretProtector>() is { } protector) return protector;

        // If a key file has disappeared since the start, sealing must fail instead of being skipped.
        return TryRead(options.Sealing.Keys, out var problems) ?? (problems is [var problem, ..] ? throw new InvalidOperationException($"{options.Section}:{problem}") : null);
    }

    /// <summary>Returns the errors of the settings. Each error begins with the name of the setting.</summary>
    public static IEnumerable<string> Problems(IServiceProvider services, RewtOptions options)
    {
        var hasProtector = HasKeyedProtector(services, options) || services.GetService<IServiceProviderIsService>()?.IsService(typeof(IRewtSecretProtector)) == true;
        if (hasProtector && options.Sealing.Keys.Count > 0) yield return "Sealing:Keys and an IRewtSecretProtector in the service collection cannot both seal; remove one of them.";
        if ((hasProtector || options.Sealing.Keys.Count > 0) && options.AcceptNodeTokens && !options.Sealing.WriteUnsealed)
        {
            yield return "AcceptNodeTokens cannot be combined with Sealing:Keys or an IRewtSecretProtector: a Node service cannot read a sealed secret. Set AcceptNodeTokens to false, or Sealing:WriteUnsealed to true.";
        }

        if (options.Sealing.RequireSealed && (options.Sealing.WriteUnsealed || (!hasProtector && options.Sealing.Keys.Count == 0)))
        {
            yield return "Sealing:RequireSealed needs Sealing:Keys or an IRewtSecretProtector, and Sealing:WriteUnsealed must be false.";
        }

        _ = TryRead(options.Sealing.Keys, out var problems);
        foreach (var problem in problems) yield return problem;
    }

    /// <summary>The names by which sealed texts identify the keys. The first key seals. A name reveals nothing about a random key.</summary>
    public IReadOnlyList<string> Names => [.. _keys.Select(key => key.Hint)];

    /// <summary>Returns whether a text can be the name of a sealing key.</summary>
    public static bool IsName(string text) => text.Length == HintLength && Base64Url.IsValid(text);

    /// <summary>Returns whether a text was sealed with one of the keys.</summary>
    public bool Knows(string text) => Array.Exists(_keys, key => text.StartsWith(key.Hint + ".", StringComparison.Ordinal));

    /// <summary>Returns whether a text was sealed with the first key.</summary>
    public bool IsOfFirst(string text) => text.StartsWith(_keys[0].Hint + ".", StringComparison.Ordinal);

    public ValueTask<string> ProtectAsync(ReadOnlyMemory<byte> secret, string associatedData, CancellationToken cancellationToken = default)
    {
        var sealedBytes = new byte[NonceLength + secret.Length + TagLength];
        var nonce = sealedBytes.AsSpan(0, NonceLength);
        var rest = sealedBytes.AsSpan(NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_keys[0].Key, TagLength);
        aes.Encrypt(nonce, secret.Span, rest[..secret.Length], rest[secret.Length..], Encoding.UTF8.GetBytes(associatedData));
        return new($"{_keys[0].Hint}.{Base64Url.EncodeToString(sealedBytes)}");
    }

    public ValueTask<byte[]> UnprotectAsync(string protectedText, string associatedData, CancellationToken cancellationToken = default)
    {
        var parts = protectedText.Split('.');
        if (parts is not [{ Length: HintLength } hint, var text] || !Base64Url.IsValid(hint) || !Base64Url.IsValid(text, out var length) || length < NonceLength + TagLength)
        {
            throw new CryptographicException("is sealed, but not with sealing keys of Rewt");
        }

        if (Array.Find(_keys, key => key.Hint == hint).Key is not { } found) throw new CryptographicException($"is sealed with the sealing key {UntrustedText.Escape(hint)}, which this process does not have");

        var bytes = Base64Url.DecodeFromChars(text).AsSpan();
        var secret = new byte[length - NonceLength - TagLength];
        using var aes = new AesGcm(found, TagLength);
        try
        {
            aes.Decrypt(bytes[..NonceLength], bytes[NonceLength..^TagLength], bytes[^TagLength..], secret, Encoding.UTF8.GetBytes(associatedData));
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw new CryptographicException("is sealed, but was changed or moved from another place", exception);
        }

        return new(secret);
    }

    /// <summary>Returns whether the application has registered a protector for this namespace only, as a keyed service.</summary>
    public static bool HasKeyedProtector(IServiceProvider services, RewtOptions options) =>
        services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(IRewtSecretProtector), options.Namespace) == true;

    private static (byte[]? Key, string? Problem) Read(string setting)
    {
        const string Create = "create a key with 'openssl rand -base64 32'";
        var key = KeyOf(setting);
        try
        {
            if (key is null && File.Exists(setting)) key = KeyOf(ConfiguredFile.ReadTextUpTo(setting, LongestFile));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, "names a file that this process cannot read");
        }

        if (key is null) return (null, $"is neither {Length} bytes in base64 nor a file that contains them; {Create}");
        return IsWeak(key) ? (null, $"can be guessed, because its bytes are not random; {Create}") : (key, null);
    }

    private static byte[]? KeyOf(string? text)
    {
        var plain = (text ?? string.Empty).Trim().TrimEnd('=');
        if (!plain.AsSpan().ContainsAny('-', '_')) plain = plain.Replace('+', '-').Replace('/', '_');
        return Base64Url.IsValid(plain, out var length) && length == Length ? Base64Url.DecodeFromChars(plain) : null;
    }

    private static bool IsWeak(byte[] key) =>
        key.Distinct().Count() < FewestValues || key.Zip(key.Skip(1), (one, next) => (byte)(next - one)).Distinct().Count() < FewestValues
        || WeakSecrets.WeaknessOf(Encoding.ASCII.GetBytes(Convert.ToBase64String(key))) is not null;

    /// <summary>Returns the name that identifies a key in sealed texts. The name reveals nothing about a random key.</summary>
    private static string HintOf(byte[] key) => Base64Url.EncodeToString(HMACSHA256.HashData(key, "rewt sealing key"u8).AsSpan(0, HintLength * 3 / 4));
}
