namespace Rewt.Internal;

/// <summary>
/// Creates the stores of a namespace, in Redis or in memory: for the ring of a shared secret, for the public keys of key pairs, and for used one-time
/// tokens. No store connects to a server before its first use.
/// </summary>
internal interface IRingStoreFactory
{
    /// <summary>Where the keys are, for messages.</summary>
    string Name => "Redis";

    IRingStore Open(RewtOptions options);

    /// <summary>Opens the store of a namespace's used one-time tokens.</summary>
    /// <exception cref="NotSupportedException">This kind of store does not support one-time tokens.</exception>
    IOneTimeStore OpenOneTime(RewtOptions options) => throw new NotSupportedException("This store does not support one-time tokens.");

    /// <summary>Opens the store of a namespace's public keys.</summary>
    /// <exception cref="NotSupportedException">This kind of store does not support key pairs.</exception>
    IPairStore OpenPairs(RewtOptions options) => throw new NotSupportedException("This store supports shared secrets only; set Rewt:KeyMode to SharedSecret.");
}
