namespace Rewt.Internal;

/// <summary>The command of an operator that a key source executes in its next update: rotate the keys, or revoke one key.</summary>
/// <param name="Revoked">The id of the key to revoke; <see langword="null"/> for a rotation.</param>
internal sealed record KeyCommand(KeyId? Revoked)
{
    public static readonly KeyCommand Rotate = new((KeyId?)null);

    public static KeyCommand Revoke(KeyId keyId) => new(keyId);
}
