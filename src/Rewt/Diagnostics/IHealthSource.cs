namespace Rewt.Internal;

/// <summary>Reports the health of a part other than the key rings, such as trusted apps, to the health check of Rewt.</summary>
internal interface IHealthSource
{
    /// <summary>Returns the health according to the last read. The method sends no command to the store.</summary>
    RingHealth Health();
}
