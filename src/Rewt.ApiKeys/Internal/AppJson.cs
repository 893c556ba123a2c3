using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rewt.Internal;

/// <summary>The source-generated JSON metadata with which <see cref="AppCodec"/> reads and writes apps.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AppEntry))]
internal sealed partial class AppJson : JsonSerializerContext;
