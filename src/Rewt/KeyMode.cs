namespace Rewt;

/// <summary>
/// The kind of key that the services of a namespace sign their tokens with: one secret that is shared through Redis, or a key pair for each instance.
/// </summary>
public enum KeyMode
{
    /// <summary>All services of the namespace share one secret (HS256). Every service that can verify tokens can also sign tokens.</summary>
    SharedSecret,

    /// <summary>
    /// Each instance of a service has its own key pair. The private key never leaves the process of the instance. Other services read the public key
    /// from Redis.
    /// </summary>
    KeyPair,
}
