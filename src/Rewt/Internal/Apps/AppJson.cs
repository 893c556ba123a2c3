using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rewt.Internal;

/// <summary>Reads and writes stored apps without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AppEntry))]
internal sealed partial class AppJson : JsonSerializerContext;
