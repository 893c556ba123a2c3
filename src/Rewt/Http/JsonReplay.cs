using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Rewt.Internal;

/// <summary>
/// Determines whether a value can be serialized to JSON twice. A sequence that is not a collection, such as the result of a database query, may be
/// empty the second time. The class inspects types once. It inspects values only if their types do not exclude such a sequence.
/// </summary>
internal static class JsonReplay
{
    /// <summary>
    /// The maximum number of values and of types that are inspected. A value that contains more counts as not repeatable, so that the inspection is
    /// fast.
    /// </summary>
    private const int Maximum = 10_000;

    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private const string ReflectionIsSafe =
        "The JSON source generator refers to each property that it serializes, so the property is not trimmed. If an interface is trimmed, no code uses it, the serializer included.";

    private static readonly ConcurrentDictionary<Type, bool> Repeatable = new();
    private static readonly ConcurrentDictionary<Type, MemberInfo[]> Uncertain = new();

    public static bool CanReadAgain(object? value)
    {
        if (value is null || IsRepeatable(value.GetType())) return true;
        try
        {
            return CanInspect(value);
        }
        catch (Exception)
        {
            // The application's code failed, such as the getter of a property. The serializer reports the failure if it reads the same value.
            return false;
        }
    }

    private static bool CanInspect(object root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<object>([root]);
        var left = Maximum;
        while (open.TryPop(out var value))
        {
            var type = value.GetType();
            if (IsRepeatable(type) || !seen.Add(value)) continue;
            if (IsAsyncSequence(type) || (value is IEnumerable && !IsCollection(type))) return false;

            var parts = value is IEnumerable elements ? elements.Cast<object?>() : UncertainMembers(type).Select(member => Read(member, value));
            foreach (var part in parts)
            {
                if (left-- == 0) return false;
                if (part is not null) open.Push(part);
            }
        }

        return true;
    }

    /// <summary>Returns whether all values of a type can be serialized twice.</summary>
    private static bool IsRepeatable(Type type) => Repeatable.GetOrAdd(type, static root =>
    {
        var seen = new HashSet<Type> { root };
        var open = new Stack<Type>(seen);
        while (open.TryPop(out var type))
        {
            if (type.IsPrimitive || type.IsEnum || type == typeof(string) || type.IsAssignableTo(typeof(JsonNode)) || HasConverter(type)) continue;
            if (seen.Count > Maximum || IsUncertain(type)) return false;
            foreach (var part in Parts(type).Where(seen.Add)) open.Push(part);
        }

        return true;
    });

    /// <summary>
    /// Returns whether a value of this type may be a sequence that is not a collection, or may be serialized as a derived type.
    /// </summary>
    private static bool IsUncertain(Type type) =>
        IsAsyncSequence(type)
        || (!IsCollection(type)
            && (type == typeof(object) || type.IsAbstract || type.IsAssignableTo(typeof(IEnumerable)) || type.IsDefined(typeof(JsonDerivedTypeAttribute), inherit: false)));

    /// <summary>Returns the types of the values that the serializer reads from a value of this type.</summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        if (!IsCollection(type)) return Members(type).Select(TypeOf).Concat(type.GetGenericArguments());
        if (type.GetElementType() is { } element) return [element];
        var elements = Kinds(type).Where(kind => kind.GetGenericTypeDefinition() == typeof(IEnumerable<>)).Select(kind => kind.GetGenericArguments()[0]).ToList();
        return elements.Count > 0 ? elements : [typeof(object)];
    }

    private static MemberInfo[] UncertainMembers(Type type) =>
        Uncertain.GetOrAdd(type, static type => [.. Members(type).Where(member => !IsRepeatable(TypeOf(member)))]);

    /// <summary>
    /// Returns the properties and fields of a type that can be serialized. Properties of interfaces are included, because a property can be implemented
    /// explicitly.
    /// </summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = ReflectionIsSafe)]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = ReflectionIsSafe)]
    private static IEnumerable<MemberInfo> Members(Type type)
    {
        var properties = type.GetInterfaces().Prepend(type)
            .SelectMany(part => part.GetProperties(Instance))
            .Where(property => property.GetIndexParameters().Length == 0 && property.GetMethod is { } getter && (getter.IsPublic || IsIncluded(property)))
            .DistinctBy(property => property.Name, StringComparer.Ordinal);
        return type.GetFields(Instance).Where(field => field.IsPublic || IsIncluded(field)).Concat<MemberInfo>(properties)
            .Where(member => member.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition != JsonIgnoreCondition.Always && !HasConverter(member));
    }

    /// <summary>Returns whether a converter of the application writes the value, so that its properties are not read.</summary>
    private static bool HasConverter(MemberInfo member) => member.IsDefined(typeof(JsonConverterAttribute), inherit: false);

    private static bool IsIncluded(MemberInfo member) => member.IsDefined(typeof(JsonIncludeAttribute), inherit: true);

    private static Type TypeOf(MemberInfo member) => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    private static object? Read(MemberInfo member, object value) => member is PropertyInfo property ? property.GetValue(value) : ((FieldInfo)member).GetValue(value);

    private static bool IsAsyncSequence(Type type) => Kinds(type).Any(kind => kind.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>));

    private static bool IsCollection(Type type) =>
        type.IsAssignableTo(typeof(ICollection))
        || Kinds(type).Any(kind => kind.GetGenericTypeDefinition() is { } definition && (definition == typeof(ICollection<>) || definition == typeof(IReadOnlyCollection<>)));

    /// <summary>Returns the generic interfaces of a type, including the type itself.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = ReflectionIsSafe)]
    private static IEnumerable<Type> Kinds(Type type) => type.GetInterfaces().Append(type).Where(kind => kind.IsGenericType);
}
