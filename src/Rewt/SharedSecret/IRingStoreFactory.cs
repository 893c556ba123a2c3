namespace Rewt.Internal;

/// <summary>
/// Creates the stores of a namespace, in Redis or in memory: the store of a shared secret, the store of the public keys of key pairs, and the store
/// of used one-time tokens. A store connects to a server only on its first use.
/// </summary>
internal interface IRingStoreFactory
{
    /// <summary>The name of the place that contains the keys, for messages.</summary>
    string Name => "Redis";

    IRingStore Open(RewtOptions options);

    /// <summary>Opens the store that records the used one-time tokens of a namespace.</summary>
    /// <exception cref="NotSupportedException">This kind of store does not support one-time tokens.</exception>
    IOneTimeStore OpenOneTime(RewtOptions options) => throw new NotSupportedException("This store does not support one-time tokens.");

    /// <summary>Opens the store that contains the public keys of a namespace's key pairs.</summary>
    /// <exception cref="NotSupportedException">This kind of store does not support key pairs.</exception>
    IPairStore OpenPairs(RewtOptions options) => throw new NotSupportedException($"This store supports shared secrets only; set {options.Section}:KeyMode to SharedSecret.");
}
