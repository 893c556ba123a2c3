namespace Rewt;

/// <summary>Names that the dashboard goes by.</summary>
public static class RewtDashboardDefaults
{
    /// <summary>The authorization policy that says who may see the page and press its buttons, where <c>MapRewtDashboard</c> names no other.</summary>
    public const string PolicyName = "RewtDashboard";
}
