namespace Rewt.Internal;

/// <summary>Something besides the key rings whose health the health check reports.</summary>
internal interface IHealthSource
{
    /// <summary>The health by the last read. It sends the store no command.</summary>
    RingHealth Health();
}
