namespace Rewt.Internal;

/// <summary>
/// The names that an <see cref="OriginGuard"/> uses in its error messages: the names of the credentials, the options and the methods. There is one
/// set of names for tokens and one for API keys.
/// </summary>
/// <param name="Credentials">The name of the credentials in messages.</param>
/// <param name="Options">The type name of the client's options.</param>
/// <param name="Registration">The name of the method that adds the handler to the client.</param>
/// <param name="ForAll">The name of the setting that allows plain HTTP for all clients; <see langword="null"/> if there is none.</param>
internal sealed record CredentialNaming(string Credentials, string Options, string Registration, string? ForAll)
{
    public static readonly CredentialNaming ApiKey = new("an API key", nameof(RewtApiKeyClientOptions), "AddRewtApiKey", null);

    /// <summary>Returns the names for tokens.</summary>
    /// <param name="options">The settings of the namespace whose tokens are sent.</param>
    public static CredentialNaming Token(RewtOptions options) =>
        new("a token", nameof(RewtSigningOptions), "AddRewtSigning", $"{options.Section}:{nameof(RewtOptions.AllowInsecureHttp)}");
}
