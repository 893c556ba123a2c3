namespace Rewt.Internal;

/// <summary>What the errors of a guard call the things of its client.</summary>
/// <param name="Credentials">What is attached.</param>
/// <param name="Options">The type of its settings.</param>
/// <param name="Registration">The method that registers it.</param>
/// <param name="ForAll">The setting for all clients that allows plain http, if there is one.</param>
internal sealed record GuardWords(string Credentials, string Options, string Registration, string? ForAll)
{
    public static readonly GuardWords Token = new("a token", nameof(RewtSigningOptions), "AddRewtSigning", "Rewt:AllowInsecureHttp");

    public static readonly GuardWords ApiKey = new("an API key", nameof(RewtApiKeyClientOptions), "AddRewtApiKey", null);
}
