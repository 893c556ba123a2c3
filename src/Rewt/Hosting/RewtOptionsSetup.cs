using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Sets the values of <see cref="RewtOptions"/>. First, the values from the configuration section are set: <c>Rewt</c>, or <c>Rewt:Schemes:{name}</c>
/// for a named scheme. After the delegates of the application have run, defaults are set for missing values.
/// </summary>
/// <remarks>
/// A named scheme inherits the service name, the connection, the sealing keys and the certificates from the main settings, if it has no values of its
/// own. Without this rule, the keys of a named scheme would not have the protection that the main settings configure.
/// </remarks>
internal sealed class RewtOptionsSetup(IServiceProvider services) : IConfigureNamedOptions<RewtOptions>, IPostConfigureOptions<RewtOptions>
{
    public void Configure(RewtOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, RewtOptions options)
    {
        options.ExplainRefusals = services.GetService<IHostEnvironment>()?.IsDevelopment() == true;
        if (!string.IsNullOrEmpty(name)) options.Section = $"{SettingsSection.Name}:{SettingsSection.Schemes}:{name}";
        if (services.GetService<IConfiguration>()?.GetSection(SettingsSection.Name) is not { } section) return;

        var own = string.IsNullOrEmpty(name) ? section : section.GetSection(SettingsSection.Schemes).GetSection(name);
        if (!SettingsSection.IsEmpty(own)) options.Bind(own);
        if (string.IsNullOrEmpty(name)) SettingsSection.CheckSchemes(section, services.GetServices<RingRegistration>().Select(registration => registration.Name), options);
    }

    public void PostConfigure(string? name, RewtOptions options)
    {
        var main = string.IsNullOrEmpty(name) ? null : services.GetRequiredService<IOptionsMonitor<RewtOptions>>().CurrentValue;
        if (main is not null)
        {
            // The main options are validated only where they are registered themselves.
            options.Problems.AddRange(main.Problems);
            options.Sections.AddRange(main.Sections);
            options.ServiceName ??= main.ServiceName;
            if (!HasConnection(options))
            {
                (options.Redis, options.IsRedisFallback) = (main.Redis, main.IsRedisFallback);
                (options.ConfigurationOptions, options.ConnectionMultiplexerFactory) = (main.ConfigurationOptions, main.ConnectionMultiplexerFactory);
                if (HasConnection(main)) options.ConnectionSection = main.Section;
            }
        }

        options.ServiceName ??= services.GetService<IHostEnvironment>()?.ApplicationName ?? Assembly.GetEntryAssembly()?.GetName().Name;
        if (!HasConnection(options))
        {
            options.Redis = services.GetService<IConfiguration>()?.GetConnectionString("redis");
            options.IsRedisFallback = options.Redis is not null;
        }

        options.AttestedNamespace = options.Namespace;
        // Configured keys are not in Redis, where the namespace would matter, so each scheme gets its own without a setting.
        if (ConfiguredKeySource.IsConfigured(options) && !string.IsNullOrEmpty(name) && options.Namespace == new RewtOptions().Namespace) options.Namespace = name;
        ResolveFiles(options, services.GetService<IHostEnvironment>()?.ContentRootPath ?? string.Empty);
        if (main is not null && !ConfiguredKeySource.IsConfigured(options))
        {
            if (options.Sealing.Keys.Count == 0 && !SealingKeys.HasKeyedProtector(services, options)) Inherit(options.Sealing, main.Sealing);
            if (options.KeyMode == KeyMode.KeyPair && !options.Identity.Attests) InheritCertificate(options.Identity, main.Identity);
            if ((options.KeyMode == KeyMode.KeyPair || options.AlsoAccept == KeyMode.KeyPair) && options.Identity.Authorities.Count == 0) InheritAuthorities(options.Identity, main.Identity);
        }

        options.IsSealingKeyBesideConnection = services.GetService<IConfiguration>() is { } configuration && IsBesideConnection(configuration, options);
    }

    private static bool HasConnection(RewtOptions options) =>
        options.Redis is not null || options.ConfigurationOptions is not null || options.ConnectionMultiplexerFactory is not null;

    private static void Inherit(RewtSealingOptions sealing, RewtSealingOptions main)
    {
        sealing.Keys = [.. main.Keys];
        sealing.WriteUnsealed |= main.WriteUnsealed;
        sealing.RequireSealed |= main.RequireSealed && !sealing.WriteUnsealed;
    }

    private static void InheritCertificate(RewtIdentityOptions identity, RewtIdentityOptions main) =>
        (identity.CertificateFile, identity.KeyFile, identity.Password, identity.CertificateFactory) = (main.CertificateFile, main.KeyFile, main.Password, main.CertificateFactory);

    private static void InheritAuthorities(RewtIdentityOptions identity, RewtIdentityOptions main)
    {
        identity.Authorities = [.. main.Authorities];
        identity.RevocationListFile ??= main.RevocationListFile;
        identity.AcceptUnattested |= main.AcceptUnattested;
        if (identity.Names.Count == 0) identity.Names = [.. main.Names];
    }

    /// <summary>
    /// Returns whether the files <c>appsettings….json</c> contain both a sealing key and the connection string that is in effect. A reader of these
    /// files could then read the secrets, because all settings files are deployed together. All sections are searched for the sealing key and the
    /// connection string, because an application can bind any section.
    /// </summary>
    private static bool IsBesideConnection(IConfiguration configuration, RewtOptions options)
    {
        var keys = options.Sealing.Keys.Where(key => !SealingKeys.IsFile(key)).ToList();
        if (keys.Count == 0) return false;
        var settings = configuration.AsEnumerable().Where(setting => setting.Value is not null).ToList();
        return settings.Exists(setting => keys.Contains(setting.Value!) && IsInSettingsFile(configuration, setting.Key)) && settings.Exists(setting => IsConnection(setting) && IsInSettingsFile(configuration, setting.Key));

        // The connection of the application itself has a connection string of unknown name.
        bool IsConnection(KeyValuePair<string, string?> setting) =>
            options.Redis is { } redis ? setting.Value == redis : setting.Key.StartsWith("ConnectionStrings:", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsInSettingsFile(IConfiguration configuration, string setting) =>
        (configuration as IConfigurationRoot)?.Providers.LastOrDefault(provider => provider.TryGet(setting, out _)) switch
        {
            ChainedConfigurationProvider chained => IsInSettingsFile(chained.Configuration, setting),
            var provider => provider?.ToString()?.Contains("appsettings", StringComparison.OrdinalIgnoreCase) == true,
        };

    /// <summary>
    /// Resolves the file paths in the settings relative to the content root, because the process can be started in another directory.
    /// </summary>
    private static void ResolveFiles(RewtOptions options, string root)
    {
        options.SigningKey.File = Resolve(options.SigningKey.File, root);
        options.VerificationKeys = [.. options.VerificationKeys.Select(key => !string.IsNullOrWhiteSpace(key) && PublicKeySourceFactory.IsFile(key) ? Path.Combine(root, key) : key)];
        options.Sealing.Keys = [.. options.Sealing.Keys.Select(key => !string.IsNullOrWhiteSpace(key) && SealingKeys.IsFile(key) ? Path.Combine(root, key) : key)];
        var identity = options.Identity;
        (identity.CertificateFile, identity.KeyFile, identity.RevocationListFile) = (Resolve(identity.CertificateFile, root), Resolve(identity.KeyFile, root), Resolve(identity.RevocationListFile, root));
        identity.Authorities = [.. identity.Authorities.Select(authority => Resolve(authority, root)!)];
    }

    private static string? Resolve(string? setting, string root) => string.IsNullOrWhiteSpace(setting) || PublicKeyPem.IsPem(setting) ? setting : Path.Combine(root, setting);
}
