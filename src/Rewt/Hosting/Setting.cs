using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Rewt.Internal;

/// <summary>
/// One property of <see cref="RewtOptions"/> or of one of its groups, with its name in the configuration and its value. With this class, code can
/// list, bind and describe all settings in a loop.
/// </summary>
/// <param name="Path">The name of the setting in the configuration section, for example <c>SigningKey:File</c>.</param>
/// <param name="Property">The property that contains the value of the setting.</param>
/// <param name="Owner">The object that has the property: the options or one of their groups.</param>
internal sealed record Setting(string Path, PropertyInfo Property, object Owner)
{
    /// <summary>
    /// The properties of the options and of each group, by type. The types are listed explicitly, so that trimming does not remove their properties.
    /// </summary>
    private static readonly Dictionary<Type, PropertyInfo[]> Groups = new()
    {
        [typeof(RewtOptions)] = typeof(RewtOptions).GetProperties(),
        [typeof(RewtKeyPairOptions)] = typeof(RewtKeyPairOptions).GetProperties(),
        [typeof(RewtIdentityOptions)] = typeof(RewtIdentityOptions).GetProperties(),
        [typeof(RewtSigningKeyOptions)] = typeof(RewtSigningKeyOptions).GetProperties(),
        [typeof(RewtBindingOptions)] = typeof(RewtBindingOptions).GetProperties(),
        [typeof(RewtSealingOptions)] = typeof(RewtSealingOptions).GetProperties(),
        [typeof(RewtTenantOptions)] = typeof(RewtTenantOptions).GetProperties(),
    };

    public Type Type => Property.PropertyType;

    public bool IsList => Type == typeof(IList<string>);

    /// <summary>The enumeration type of the setting; <see langword="null"/> if the setting has another type.</summary>
    public Type? Enumeration => (Nullable.GetUnderlyingType(Type) ?? Type) is { IsEnum: true } enumeration ? enumeration : null;

    /// <summary>Whether the value can be set in the configuration. Other settings can be set in code only.</summary>
    public bool IsReadable => IsList || Type == typeof(string) || Type == typeof(bool) || Type == typeof(int) || Type == typeof(TimeSpan) || Enumeration is not null;

    public object? Value
    {
        get => Property.GetValue(Owner);
        set => Property.SetValue(Owner, value);
    }

    /// <summary>Returns all settings of the options, including the settings in groups.</summary>
    public static IEnumerable<Setting> Of(RewtOptions options) => Of(options, string.Empty);

    private static IEnumerable<Setting> Of(object group, string prefix) => Groups[group.GetType()].SelectMany(property =>
        Groups.ContainsKey(property.PropertyType) ? Of(property.GetValue(group)!, $"{prefix}{property.Name}{ConfigurationPath.KeyDelimiter}") : [new(prefix + property.Name, property, group)]);
}
