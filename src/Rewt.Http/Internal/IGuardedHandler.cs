namespace Rewt.Internal;

/// <summary>A handler that attaches credentials, and what decides where they may go.</summary>
internal interface IGuardedHandler
{
    OriginGuard Guard { get; }
}
