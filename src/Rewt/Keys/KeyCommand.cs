namespace Rewt.Internal;

/// <summary>An operator's command for a key ring.</summary>
/// <param name="Revoked">The id of the key to revoke; <see langword="null"/> requests a rotation.</param>
internal sealed record KeyCommand(string? Revoked)
{
    public static readonly KeyCommand Rotate = new((string?)null);

    public static KeyCommand Revoke(string keyId) => new(keyId);
}
