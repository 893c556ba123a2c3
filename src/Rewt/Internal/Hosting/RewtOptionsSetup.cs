using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Reads the section <c>Rewt</c> (a named ring: <c>Rewt:Schemes:{name}</c>) before the application's code has its say, and fills in
/// afterwards what neither gave.
/// </summary>
internal sealed class RewtOptionsSetup(IServiceProvider services) : IConfigureNamedOptions<RewtOptions>, IPostConfigureOptions<RewtOptions>
{
    public void Configure(RewtOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, RewtOptions options)
    {
        var section = services.GetService<IConfiguration>()?.GetSection("Rewt");
        if ((string.IsNullOrEmpty(name) ? section : section?.GetSection("Schemes").GetSection(name)) is { } own) options.Bind(own);
    }

    public void PostConfigure(string? name, RewtOptions options)
    {
        if (!string.IsNullOrEmpty(name))
        {
            var main = services.GetRequiredService<IOptionsMonitor<RewtOptions>>().CurrentValue;
            options.ServiceName ??= main.ServiceName;
            options.Redis ??= main.Redis;
        }

        options.ServiceName ??= services.GetService<IHostEnvironment>()?.ApplicationName ?? Assembly.GetEntryAssembly()?.GetName().Name;
        options.Redis ??= services.GetService<IConfiguration>()?.GetConnectionString("redis");
    }
}
