namespace Rewt;

/// <summary>Names that Rewt goes by.</summary>
public static class RewtDefaults
{
    /// <summary>The authentication scheme of the main ring.</summary>
    public const string AuthenticationScheme = "Rewt";
}
