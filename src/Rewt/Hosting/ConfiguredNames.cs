using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>Finds the names for which the application configures <see cref="RewtOptions"/> in code.</summary>
internal static class ConfiguredNames
{
    private const string BinderAssembly = "Microsoft.Extensions.Options.ConfigurationExtensions";

    public static IEnumerable<string> Of(IServiceProvider services) =>
        services.GetServices<IConfigureOptions<RewtOptions>>().Concat<object>(services.GetServices<IPostConfigureOptions<RewtOptions>>())
            .Select(NameOf).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>
    /// Returns the names whose options the application reads from the configuration with the binder of .NET. The binder ignores misspelt names, and a text
    /// where a list is expected.
    /// </summary>
    public static IEnumerable<string> BoundByFramework(IServiceProvider services) =>
        services.GetServices<IConfigureOptions<RewtOptions>>().Where(IsFrameworkBinder).Select(NameOf).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>Returns whether a delegate is from <c>Configure(section)</c> or <c>BindConfiguration(path)</c>.</summary>
    private static bool IsFrameworkBinder(object configure) =>
        IsOfBinder(configure) || (configure is ConfigureNamedOptions<RewtOptions, IConfiguration> { Action.Target: { } target } && IsOfBinder(target));

    private static bool IsOfBinder(object instance) => instance.GetType().Assembly.GetName().Name == BinderAssembly;

    /// <summary>Returns the name; <see langword="null"/> if the delegate configures the options of all names, or if it has no name.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "The property of each class of .NET is preserved by an attribute.")]
    [DynamicDependency("Name", typeof(ConfigureNamedOptions<,>))]
    [DynamicDependency("Name", typeof(ConfigureNamedOptions<,,>))]
    [DynamicDependency("Name", typeof(ConfigureNamedOptions<,,,>))]
    [DynamicDependency("Name", typeof(ConfigureNamedOptions<,,,,>))]
    [DynamicDependency("Name", typeof(ConfigureNamedOptions<,,,,,>))]
    [DynamicDependency("Name", typeof(PostConfigureOptions<,>))]
    [DynamicDependency("Name", typeof(PostConfigureOptions<,,>))]
    [DynamicDependency("Name", typeof(PostConfigureOptions<,,,>))]
    [DynamicDependency("Name", typeof(PostConfigureOptions<,,,,>))]
    [DynamicDependency("Name", typeof(PostConfigureOptions<,,,,,>))]
    private static string? NameOf(object configure) => configure switch
    {
        ConfigureNamedOptions<RewtOptions> named => named.Name,
        PostConfigureOptions<RewtOptions> named => named.Name,
        // The classes for delegates with dependencies have no common base class.
        _ when configure.GetType() is var type && type.Assembly == typeof(Options).Assembly => type.GetProperty("Name")?.GetValue(configure) as string,
        _ => null,
    };
}
