using System.Diagnostics;

namespace Rewt.Internal;

/// <summary>Spans of real work on the activity source <c>Rewt</c>: reading the ring, and what is written of it. A call that finds its key makes none.</summary>
internal static class RewtActivity
{
    public const string SourceName = "Rewt";

    private static readonly ActivitySource Source = new(SourceName);

    public static Activity? Fetch(string ring) => Start("rewt.ring.fetch", ring);

    public static Activity? Write(string ring, RingAction action)
    {
        var activity = Start(
            action switch
            {
                RingAction.Rotate or RingAction.AdoptRotation => "rewt.ring.rotate",
                RingAction.Revoke => "rewt.ring.revoke",
                _ => "rewt.ring.write",
            },
            ring);
        activity?.SetTag("rewt.action", action.ToString());
        return activity;
    }

    /// <summary>By its code, never its text: that may hold anything.</summary>
    public static void Fail(this Activity? activity, Exception exception)
    {
        var cause = RingHealth.Cause(exception);
        activity?.SetTag("error.type", cause);
        activity?.SetStatus(ActivityStatusCode.Error, cause);
    }

    private static Activity? Start(string name, string ring)
    {
        var activity = Source.StartActivity(name, ActivityKind.Client);
        activity?.SetTag("rewt.namespace", ring);
        return activity;
    }
}
