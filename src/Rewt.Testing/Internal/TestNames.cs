namespace Rewt.Internal;

/// <summary>The names of those who call.</summary>
internal static class TestNames
{
    /// <summary>Under which the kit itself changes keys; it signs nothing.</summary>
    public const string Operator = "rewt-testing";

    /// <exception cref="ArgumentException">It is no name of a service.</exception>
    public static void Check(string? name, string parameter)
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        if (!Names.IsName(name)) throw new ArgumentException($"A service's name is 1 to {Names.MaximumLength} letters, digits, '.', '_' or '-'.", parameter);
    }
}
