namespace Rewt.Internal;

/// <summary>A command of an operator that a key source carries out with its next update: rotate the keys, or revoke one key.</summary>
/// <param name="Revoked">The id of the key to revoke; <see langword="null"/> requests a rotation.</param>
internal sealed record KeyCommand(string? Revoked)
{
    public static readonly KeyCommand Rotate = new((string?)null);

    public static KeyCommand Revoke(string keyId) => new(keyId);
}
