namespace Rewt;

/// <summary>Names that Rewt goes by.</summary>
public static class RewtDefaults
{
    /// <summary>The authentication scheme of the main ring.</summary>
    public const string AuthenticationScheme = "Rewt";

    /// <summary>The authentication scheme of the API keys of trusted apps.</summary>
    public const string ApiKeyScheme = "RewtApiKey";
}
