using System.Reflection;

namespace Rewt.Tests.Repository;

/// <summary>The packages in dependency order: each may use only packages after it.</summary>
internal static class Packages
{
    public static IReadOnlyList<Assembly> InOrder { get; } =
    [
        typeof(RewtDashboardDefaults).Assembly,
        typeof(RewtTestRing).Assembly,
        typeof(Microsoft.Extensions.DependencyInjection.RewtOpenApiExtensions).Assembly,
        typeof(IRewtApps).Assembly,
        typeof(RewtHandler).Assembly,
        typeof(RewtOptions).Assembly,
    ];

    public static IEnumerable<Type> PublicTypes => InOrder.SelectMany(package => package.GetExportedTypes());
}
