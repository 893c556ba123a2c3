using Rewt.Internal;

namespace Rewt;

/// <summary>The default names of Rewt's authentication schemes, for the tokens of services and for the API keys of trusted apps.</summary>
public static class RewtDefaults
{
    /// <summary>The default name of the authentication scheme that accepts the tokens of services.</summary>
    public const string AuthenticationScheme = SchemeNames.Main;

    /// <summary>The name of the authentication scheme that accepts the API keys of trusted apps.</summary>
    public const string ApiKeyScheme = "RewtApiKey";
}
