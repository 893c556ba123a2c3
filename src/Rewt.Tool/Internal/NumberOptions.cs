using System.CommandLine;
using System.Globalization;

namespace Rewt.Tool;

/// <summary>Validates command-line options that are numbers.</summary>
internal static class NumberOptions
{
    /// <summary>Adds a check to an option: a text that is not a number, and a number that is not permitted, are errors.</summary>
    public static void Require<T>(this Option<T?> option, Func<T, bool> isPermitted, string rule)
        where T : struct, IParsable<T> => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && !(T.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) && isPermitted(number))) result.AddError($"{option.Name} must be {rule}.");
    });
}
