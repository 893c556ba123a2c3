using System.Diagnostics;

namespace Rewt.Internal;

/// <summary>
/// Starts the tracing activities (<see cref="Activity"/>, source <c>Rewt</c>) for reads and writes of a key ring, and records their failures. No
/// activity is started for a request whose key is in memory.
/// </summary>
internal static class RewtActivity
{
    public const string SourceName = "Rewt";

    private static readonly ActivitySource Source = new(SourceName);

    public static Activity? Fetch(string @namespace) => Start("rewt.ring.fetch", @namespace);

    public static Activity? Write(string @namespace, RingAction action)
    {
        var activity = Start(
            action switch
            {
                RingAction.Rotate or RingAction.AdoptRotation => "rewt.ring.rotate",
                RingAction.Revoke => "rewt.ring.revoke",
                _ => "rewt.ring.write",
            },
            @namespace);
        activity?.SetTag("rewt.action", action.ToString());
        return activity;
    }

    /// <summary>
    /// Marks an activity as failed, with the code of the error. The message of the error is omitted, because it may contain a secret.
    /// </summary>
    public static void Fail(this Activity? activity, Exception exception)
    {
        var cause = StoreFailure.Cause(exception);
        activity?.SetTag("error.type", cause);
        activity?.SetStatus(ActivityStatusCode.Error, cause);
    }

    /// <summary>
    /// Excludes an activity from the export, unless it belongs to the trace of a caller. Otherwise, each instance would export a trace per poll.
    /// </summary>
    public static void Omit(this Activity? activity)
    {
        if (activity is { ParentId: null }) activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }

    private static Activity? Start(string name, string @namespace)
    {
        var activity = Source.StartActivity(name, ActivityKind.Client);
        activity?.SetTag("rewt.namespace", @namespace);
        return activity;
    }
}
