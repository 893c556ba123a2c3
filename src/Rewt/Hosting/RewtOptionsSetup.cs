using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Reads the section <c>Rewt</c> (<c>Rewt:Schemes:{name}</c> for a named scheme) before the application's delegates run, and afterwards sets defaults
/// for values that neither provided.
/// </summary>
internal sealed class RewtOptionsSetup(IServiceProvider services) : IConfigureNamedOptions<RewtOptions>, IPostConfigureOptions<RewtOptions>
{
    public void Configure(RewtOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, RewtOptions options)
    {
        options.ExplainRefusals = services.GetService<IHostEnvironment>()?.IsDevelopment() == true;
        if (services.GetService<IConfiguration>()?.GetSection(SettingsSection.Name) is not { } section) return;

        options.Bind(string.IsNullOrEmpty(name) ? section : section.GetSection(SettingsSection.Schemes).GetSection(name));
        if (string.IsNullOrEmpty(name)) SettingsSection.CheckSchemes(section, services.GetServices<RingRegistration>().Select(registration => registration.Name), options);
    }

    public void PostConfigure(string? name, RewtOptions options)
    {
        if (!string.IsNullOrEmpty(name))
        {
            var main = services.GetRequiredService<IOptionsMonitor<RewtOptions>>().CurrentValue;
            // The main options are validated only where they are registered themselves.
            options.Problems.AddRange(main.Problems);
            options.ServiceName ??= main.ServiceName;
            if (!HasConnection(options))
            {
                (options.Redis, options.IsRedisFallback) = (main.Redis, main.IsRedisFallback);
                (options.ConfigurationOptions, options.ConnectionMultiplexerFactory) = (main.ConfigurationOptions, main.ConnectionMultiplexerFactory);
            }
        }

        options.ServiceName ??= services.GetService<IHostEnvironment>()?.ApplicationName ?? Assembly.GetEntryAssembly()?.GetName().Name;
        if (!HasConnection(options))
        {
            options.Redis = services.GetService<IConfiguration>()?.GetConnectionString("redis");
            options.IsRedisFallback = options.Redis is not null;
        }

        options.IsSealingKeyBesideConnection = services.GetService<IConfiguration>() is IConfigurationRoot configuration
            && IsBesideConnection(configuration, string.IsNullOrEmpty(name) ? SettingsSection.Name : $"{SettingsSection.Name}:{SettingsSection.Schemes}:{name}", options.Sealing.Keys);
        // Configured keys are not in Redis, where the namespace would matter, so each scheme gets its own without a setting.
        if (ConfiguredKeySource.IsConfigured(options) && !string.IsNullOrEmpty(name) && options.Namespace == new RewtOptions().Namespace) options.Namespace = name;
        ResolveFiles(options, services.GetService<IHostEnvironment>()?.ContentRootPath ?? string.Empty);
    }

    private static bool HasConnection(RewtOptions options) =>
        options.Redis is not null || options.ConfigurationOptions is not null || options.ConnectionMultiplexerFactory is not null;

    /// <summary>Whether one file <c>appsettings….json</c> contains both a sealing key and the connection string in force.</summary>
    private static bool IsBesideConnection(IConfigurationRoot configuration, string section, IList<string> sealingKeys)
    {
        var connection = SourceOf($"{SettingsSection.Name}:{nameof(RewtOptions.Redis)}") ?? SourceOf("ConnectionStrings:redis");
        return connection?.ToString()?.Contains("appsettings", StringComparison.OrdinalIgnoreCase) == true
            && sealingKeys.Where((key, index) => !SealingKeys.IsFile(key) && ReferenceEquals(SourceOf($"{section}:{nameof(RewtOptions.Sealing)}:{nameof(RewtSealingOptions.Keys)}:{index}"), connection)).Any();

        IConfigurationProvider? SourceOf(string name) => configuration.Providers.LastOrDefault(source => source.TryGet(name, out _));
    }

    /// <summary>File paths are relative to the content root, not to the directory the process was started in.</summary>
    private static void ResolveFiles(RewtOptions options, string root)
    {
        options.SigningKey.File = Resolve(options.SigningKey.File, root);
        options.VerificationKeys = [.. options.VerificationKeys.Select(key => !string.IsNullOrWhiteSpace(key) && PublicKeySources.IsFile(key) ? Path.Combine(root, key) : key)];
        options.Sealing.Keys = [.. options.Sealing.Keys.Select(key => !string.IsNullOrWhiteSpace(key) && SealingKeys.IsFile(key) ? Path.Combine(root, key) : key)];
        var identity = options.Identity;
        (identity.CertificateFile, identity.KeyFile, identity.RevocationListFile) = (Resolve(identity.CertificateFile, root), Resolve(identity.KeyFile, root), Resolve(identity.RevocationListFile, root));
        identity.Authorities = [.. identity.Authorities.Select(authority => Resolve(authority, root)!)];
    }

    private static string? Resolve(string? setting, string root) => string.IsNullOrWhiteSpace(setting) || PublicKeyPem.IsPem(setting) ? setting : Path.Combine(root, setting);
}
