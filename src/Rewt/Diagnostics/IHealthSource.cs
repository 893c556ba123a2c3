namespace Rewt.Internal;

/// <summary>A part of another package whose health the health check reports beside that of the key rings.</summary>
internal interface IHealthSource
{
    /// <summary>The health by the last read. It sends the store no command.</summary>
    RingHealth Health();
}
