namespace Rewt;

/// <summary>The name of the authorization policy that the dashboard requires by default.</summary>
public static class RewtDashboardDefaults
{
    /// <summary>
    /// The name of the authorization policy that the dashboard requires if <c>MapRewtDashboard</c> names no other policy. A user whom the policy
    /// allows can see, rotate and revoke keys.
    /// </summary>
    public const string PolicyName = "RewtDashboard";
}
