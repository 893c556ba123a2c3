using Microsoft.AspNetCore.DataProtection;

namespace Rewt.Tests.Dashboard;

/// <summary>Keeps data protection from writing keys into the home directory of the user who runs the tests.</summary>
internal static class DataProtection
{
    public static IServiceCollection AddDataProtectionInMemory(this IServiceCollection services) =>
        services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()));
}
