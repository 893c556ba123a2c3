using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>Fills in the API key from the configuration for clients without one.</summary>
internal sealed class ApiKeyClientOptionsSetup(IServiceProvider services) : IPostConfigureOptions<RewtApiKeyClientOptions>
{
    public void PostConfigure(string? name, RewtApiKeyClientOptions options)
    {
        if (options.GetApiKey is null) options.ApiKey ??= services.GetService<IConfiguration>()?["Rewt:ApiKey"];
    }
}
