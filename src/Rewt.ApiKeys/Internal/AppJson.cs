using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rewt.Internal;

/// <summary>Serialization metadata for stored apps.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AppEntry))]
internal sealed partial class AppJson : JsonSerializerContext;
