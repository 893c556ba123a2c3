namespace Rewt;

/// <summary>The default names of the dashboard.</summary>
public static class RewtDashboardDefaults
{
    /// <summary>
    /// The authorization policy that the dashboard requires if <c>MapRewtDashboard</c> does not name another policy. The policy grants reading,
    /// rotating and revoking.
    /// </summary>
    public const string PolicyName = "RewtDashboard";
}
