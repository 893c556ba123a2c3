namespace Rewt.Internal;

/// <summary>A request feature that marks a refused caller as logged, so that only one line is logged for a response with status 403.</summary>
internal sealed class RefusedCallerFeature
{
    public static readonly RefusedCallerFeature Instance = new();
}
