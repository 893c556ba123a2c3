using System.Text.Json.Serialization;

namespace Rewt.Internal;

/// <summary>Writes responses without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RefusalProblem))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TokenErrorAnswer))]
internal sealed partial class TokenJson : JsonSerializerContext;
