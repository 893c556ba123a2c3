namespace Rewt;

/// <summary>What the services of a namespace sign with.</summary>
public enum KeyMode
{
    /// <summary>One secret that all share (HS256): whoever can verify can sign.</summary>
    SharedSecret,

    /// <summary>A key pair of each instance's own: the private key never leaves its process, all others hold public keys.</summary>
    KeyPair,
}
