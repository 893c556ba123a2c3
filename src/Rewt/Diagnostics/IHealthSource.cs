namespace Rewt.Internal;

/// <summary>
/// Supplies the health of a part of the application other than the key rings, such as the trusted apps, to the health check of Rewt.
/// </summary>
internal interface IHealthSource
{
    /// <summary>The health by the last read. It sends the store no command.</summary>
    RingHealth Health();
}
