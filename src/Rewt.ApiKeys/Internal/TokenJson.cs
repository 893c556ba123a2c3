using System.Text.Json.Serialization;

namespace Rewt.Internal;

/// <summary>The source-generated JSON metadata for the responses of the token endpoint.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TokenErrorAnswer))]
internal sealed partial class TokenJson : JsonSerializerContext;
