using System.Reflection;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Rewt.Tests.Packaging;

/// <summary>Verifies the generated JSON schema, with which editors complete and check the section Rewt of appsettings.json.</summary>
public sealed partial class ConfigurationSchemaTests
{
    private const string UpdateCommand = "REWT_WRITE_SCHEMA=1 dotnet test --filter FullyQualifiedName~ConfigurationSchemaTests";

    private static readonly XDocument Documentation = XDocument.Load(Path.ChangeExtension(typeof(RewtOptions).Assembly.Location, ".xml"));

    [Fact]
    public void The_schema_has_every_setting_with_its_type_and_description()
    {
        var file = Path.Combine(RepositoryRoot.Path, "src", "Rewt", "ConfigurationSchema.json");
        var generated = Schema().ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
        if (Environment.GetEnvironmentVariable("REWT_WRITE_SCHEMA") == "1") File.WriteAllText(file, generated);

        File.ReadAllText(file).ReplaceLineEndings("\n").ShouldBe(generated, $"The settings changed. Run `{UpdateCommand}` and commit the file.");
    }

    [Fact]
    public void The_package_registers_the_schema_for_appsettings_files()
    {
        var segment = XDocument.Load(Path.Combine(RepositoryRoot.Path, "src", "Rewt", "buildTransitive", "Rewt.targets")).Descendants("JsonSchemaSegment").Single();
        var packed = XDocument.Load(Path.Combine(RepositoryRoot.Path, "src", "Rewt", "Rewt.csproj")).Descendants("None").ToDictionary(item => item.Attribute("Include")!.Value, item => item.Attribute("PackagePath")!.Value);

        segment.Attribute("Include")!.Value.ShouldBe("$(MSBuildThisFileDirectory)../ConfigurationSchema.json");
        Regex.IsMatch("appsettings.Development.json", segment.Attribute("FilePathPattern")!.Value, RegexOptions.None, TimeSpan.FromSeconds(1)).ShouldBeTrue();
        packed["ConfigurationSchema.json"].ShouldBe("/");
        packed["buildTransitive/Rewt.targets"].ShouldBe("buildTransitive/Rewt.targets");
    }

    private static JsonObject Schema()
    {
        var main = Section(typeof(RewtOptions));
        var properties = main["properties"]!.AsObject();
        properties["ApiKey"] = new JsonObject { ["type"] = "string", ["description"] = "The API key of AddRewtApiKey. Store it as a secret." };
        properties["Schemes"] = new JsonObject { ["type"] = "object", ["description"] = "The settings of further schemes by their names.", ["additionalProperties"] = Section(typeof(RewtOptions)) };
        return new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["Rewt"] = main } };
    }

    private static JsonObject Section(Type type)
    {
        var properties = new JsonObject();
        foreach (var property in type.GetProperties().Where(property => TypeOf(property.PropertyType) is not null))
        {
            var setting = TypeOf(property.PropertyType)!;
            setting["description"] = Description(property);
            properties[property.Name] = setting;
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
    }

    private static JsonObject? TypeOf(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var value when value == typeof(string) => new JsonObject { ["type"] = "string" },
        var value when value == typeof(bool) => new JsonObject { ["type"] = "boolean" },
        var value when value == typeof(int) => new JsonObject { ["type"] = "integer" },
        var value when value == typeof(TimeSpan) => new JsonObject { ["type"] = "string", ["pattern"] = @"^-?(\d+\.)?([01]?\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,7})?$" },
        var value when value == typeof(IList<string>) => new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
        { IsEnum: true } value => new JsonObject { ["enum"] = new JsonArray([.. Enum.GetNames(value).Select(name => (JsonNode)name)]) },
        { IsClass: true } group when group.Assembly == typeof(RewtOptions).Assembly => Section(group),
        _ => null,
    };

    private static string Description(PropertyInfo property)
    {
        var member = Documentation.Descendants("member").Single(member => member.Attribute("name")!.Value == $"P:{property.DeclaringType!.FullName}.{property.Name}");
        return Spaces().Replace($"{Text(member.Element("summary")!)} {Text(member.Element("value")!)}", " ").Trim();
    }

    private static string Text(XElement element) => string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => see.Attribute("langword")?.Value ?? see.Attribute("cref")!.Value.Split('.')[^1],
        XElement other => Text(other),
        _ => "",
    }));

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Spaces();
}
