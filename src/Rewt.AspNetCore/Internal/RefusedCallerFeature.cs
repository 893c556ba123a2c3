namespace Rewt.Internal;

/// <summary>A request feature that is set after the log of a refused caller, so that only one line is logged for a response with status 403.</summary>
internal sealed class RefusedCallerFeature
{
    public static readonly RefusedCallerFeature Instance = new();
}
