namespace Rewt.Internal;

/// <summary>Validates the names of services that tests pass to the test kit.</summary>
internal static class TestNames
{
    /// <summary>The name of the simulated service with which the test kit rotates and revokes keys. No token is signed in this name.</summary>
    public const string Operator = "rewt-testing";

    /// <exception cref="ArgumentException">The text is not a valid service name.</exception>
    public static void Check(string? name, string parameter)
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        if (!Names.IsName(name)) throw new ArgumentException($"A service name must be 1 to {Names.MaximumLength} letters, digits, '.', '_' or '-'.", parameter);
    }
}
