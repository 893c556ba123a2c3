namespace Rewt.Internal;

/// <summary>What an operator wants done with the keys.</summary>
/// <param name="Revoked">The key that shall die; <see langword="null"/> asks for a rotation.</param>
internal sealed record KeyCommand(string? Revoked)
{
    public static readonly KeyCommand Rotate = new((string?)null);

    public static KeyCommand Revoke(string keyId) => new(keyId);
}
