using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Rewt.Internal;

/// <summary>
/// One property of <see cref="RewtOptions"/> or of one of its groups, with its configuration name and access to its value, so that code can list,
/// bind and describe all settings in a loop.
/// </summary>
/// <param name="Path">The name in the configuration section, for example <c>SigningKey:File</c>.</param>
/// <param name="Property">The property.</param>
/// <param name="Owner">The options or the group that has the property.</param>
internal sealed record Setting(string Path, PropertyInfo Property, object Owner)
{
    /// <summary>The properties of the options and of each group. A group is named here so that trimming keeps its properties.</summary>
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

    /// <summary>The enumeration of the value, or <see langword="null"/> for other types.</summary>
    public Type? Enumeration => (Nullable.GetUnderlyingType(Type) ?? Type) is { IsEnum: true } enumeration ? enumeration : null;

    /// <summary>Whether the configuration can express the value; other settings can be set in code only.</summary>
    public bool IsReadable => IsList || Type == typeof(string) || Type == typeof(bool) || Type == typeof(int) || Type == typeof(TimeSpan) || Enumeration is not null;

    public object? Value
    {
        get => Property.GetValue(Owner);
        set => Property.SetValue(Owner, value);
    }

    /// <summary>Returns the settings of the options, including those of the groups.</summary>
    public static IEnumerable<Setting> Of(RewtOptions options) => Of(options, string.Empty);

    private static IEnumerable<Setting> Of(object group, string prefix) => Groups[group.GetType()].SelectMany(property =>
        Groups.ContainsKey(property.PropertyType) ? Of(property.GetValue(group)!, $"{prefix}{property.Name}{ConfigurationPath.KeyDelimiter}") : [new(prefix + property.Name, property, group)]);
}
