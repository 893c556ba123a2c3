using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rewt.AotSmoke;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Order))]
internal sealed partial class SmokeJson : JsonSerializerContext;
