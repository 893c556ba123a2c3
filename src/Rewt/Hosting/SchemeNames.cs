using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>Maps the names of schemes to the names of their options.</summary>
internal static class SchemeNames
{
    /// <summary>The name of the main scheme, whose options have the default name.</summary>
    public const string Main = "Rewt";

    /// <summary>Returns the name of the options of a scheme: the default name for the main scheme, otherwise the name of the scheme.</summary>
    public static string OptionsNameOf(string scheme) => scheme == Main ? Options.DefaultName : scheme;

    /// <summary>Returns the name of the scheme whose options have the given name.</summary>
    public static string Of(string optionsName) => optionsName == Options.DefaultName ? Main : optionsName;
}
