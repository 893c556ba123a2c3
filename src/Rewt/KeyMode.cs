namespace Rewt;

/// <summary>
/// The kind of key that the services of a namespace sign their tokens with: one secret that is shared through Redis, or a key pair for each instance.
/// </summary>
public enum KeyMode
{
    /// <summary>One secret shared by all services (HS256). Every service that can verify can also sign.</summary>
    SharedSecret,

    /// <summary>
    /// A key pair for each instance. The private key never leaves the process of its instance, and other services read the public key from Redis.
    /// </summary>
    KeyPair,
}
