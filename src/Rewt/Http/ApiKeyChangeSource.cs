using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Rewt.Internal;

/// <summary>Reports that the configuration was reloaded, so that a client of <c>AddRewtApiKey</c> sends a changed <c>Rewt:ApiKey</c>.</summary>
/// <param name="name">The name of the HTTP client, which is the name of its options.</param>
/// <param name="configuration">The configuration of the application; <see langword="null"/> if it has none.</param>
internal sealed class ApiKeyChangeSource(string name, IConfiguration? configuration) : IOptionsChangeTokenSource<RewtApiKeyClientOptions>
{
    public string Name => name;

    public IChangeToken GetChangeToken() => configuration?.GetReloadToken() ?? new CancellationChangeToken(CancellationToken.None);
}
