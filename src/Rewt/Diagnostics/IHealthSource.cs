namespace Rewt.Internal;

/// <summary>Reports the health of the trusted apps, or of another part beside the key rings, to the health check of Rewt.</summary>
internal interface IHealthSource
{
    /// <summary>Returns the health according to the last read. The method sends no command to the store.</summary>
    RingHealth Health();
}
