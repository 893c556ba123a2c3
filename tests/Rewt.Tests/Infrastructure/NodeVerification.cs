namespace Rewt.Tests.Infrastructure;

public sealed record NodeVerification(bool Ok, JsonElement? Payload, string? Error);
