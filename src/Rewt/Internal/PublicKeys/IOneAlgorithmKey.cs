namespace Rewt.Internal;

/// <summary>A key that says which one algorithm it is for; a type alone leaves an RSA key a choice.</summary>
internal interface IOneAlgorithmKey
{
    /// <summary>The algorithm (RFC 7518 §3.1), alone in its list.</summary>
    string[] Algorithms { get; }
}
