namespace Rewt;

/// <summary>The names of Rewt's authentication schemes: the default name for tokens, and the name for API keys.</summary>
public static class RewtDefaults
{
    /// <summary>The authentication scheme that uses the main key ring.</summary>
    public const string AuthenticationScheme = "Rewt";

    /// <summary>The authentication scheme for the API keys of trusted apps.</summary>
    public const string ApiKeyScheme = "RewtApiKey";
}
