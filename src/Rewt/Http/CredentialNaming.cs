namespace Rewt.Internal;

/// <summary>
/// The names of the credentials, options and methods that an <see cref="OriginGuard"/> uses in its error messages: one set for tokens, one for API
/// keys.
/// </summary>
/// <param name="Credentials">The kind of credentials.</param>
/// <param name="Options">The type of the client's options.</param>
/// <param name="Registration">The method that registers the handler.</param>
/// <param name="ForAll">The setting that allows plain HTTP for all clients, or <see langword="null"/>.</param>
internal sealed record CredentialNaming(string Credentials, string Options, string Registration, string? ForAll)
{
    public static readonly CredentialNaming Token = new("a token", nameof(RewtSigningOptions), "AddRewtSigning", "Rewt:AllowInsecureHttp");

    public static readonly CredentialNaming ApiKey = new("an API key", nameof(RewtApiKeyClientOptions), "AddRewtApiKey", null);
}
