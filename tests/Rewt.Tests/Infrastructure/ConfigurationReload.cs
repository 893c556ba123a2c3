using System.Runtime.CompilerServices;

namespace Rewt.Tests.Infrastructure;

/// <summary>
/// Turns off the reload of changed configuration files in the hosts of the tests. Each host would otherwise watch its directory, and Linux limits the number of
/// watches of a user.
/// </summary>
internal static class ConfigurationReload
{
    [ModuleInitializer]
    internal static void TurnOff() => Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
}
