using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// A start-up check that exactly one connection to Redis is configured, and that its connection string is valid. The check connects to no server. If the
/// check fails, the application does not start, and the message names the settings.
/// </summary>
internal sealed class RedisOptionsValidator(IServiceProvider services, IEnumerable<RingRegistration> registrations) : IValidateOptions<RewtOptions>
{
    /// <summary>The advice for a password that a connection string cannot contain.</summary>
    public const string PasswordWithComma = "If the password contains a comma, set it in RewtOptions.ConfigurationOptions.";

    private const int LongestOption = 30;

    public ValidateOptionsResult Validate(string? name, RewtOptions options)
    {
        // A named scheme reads the default options, which must be complete only where the default scheme is registered.
        if (registrations.All(registration => registration.Name != name)) return ValidateOptionsResult.Skip;
        // A setting that could not be read may be the one for the connection, or for configured keys, which need none.
        if (options.Problems.Count > 0 || ConfiguredKeySource.IsConfigured(options)) return ValidateOptionsResult.Skip;
        if (services.GetService<IRingStoreFactory>() is not RedisRingStoreFactory) return ValidateOptionsResult.Success;

        if (RedisSourceSelector.Settings(options) is [var one, var other, ..])
        {
            return ValidateOptionsResult.Fail($"{RedisSourceSelector.NameOf(other, options)} and {RedisSourceSelector.NameOf(one, options)} are both set, but only one connection is used; remove one of them.");
        }

        var source = RedisSourceSelector.Of(services, options);
        var setting = RedisSourceSelector.NameOf(source, options);
        return source switch
        {
            RedisSource.None => ValidateOptionsResult.Fail(
                $"{setting} is not set: set it or ConnectionStrings:redis to a connection string, set RewtOptions.ConfigurationOptions or ConnectionMultiplexerFactory, or register an IConnectionMultiplexer."),
            RedisSource.ConfigurationOptions when options.ConfigurationOptions!.EndPoints.Count == 0 => ValidateOptionsResult.Fail($"{setting} contains no server; add one to EndPoints."),
            RedisSource.ConfigurationOptions => Named(options.ConfigurationOptions!, setting),
            RedisSource.Redis or RedisSource.ConnectionStrings => OfText(options.Redis!, setting),
            _ => ValidateOptionsResult.Success,
        };
    }

    private static ValidateOptionsResult OfText(string redis, string setting)
    {
        if (RedisUrl.ConnectionStringFor(redis) is { } form)
        {
            return ValidateOptionsResult.Fail($"{setting} is a URL, not a connection string of StackExchange.Redis; write {form}");
        }

        var parts = redis.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // A part without '=' after a password is probably the rest of the password, which must not be logged as the name of a server.
        if (parts.SkipWhile(part => OptionOf(part) is null).Any(part => OptionOf(part) is null))
        {
            return ValidateOptionsResult.Fail($"{setting} has a server after an option (name=value). Write the servers first. {PasswordWithComma}");
        }

        try
        {
            var configuration = ConfigurationOptions.Parse(redis);
            return configuration.EndPoints.Count > 0
                ? Named(configuration, setting)
                : ValidateOptionsResult.Fail($"{setting} contains no server; write host:port.");
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // The library's message is omitted: it may repeat a part of the string, such as the password.
            return ValidateOptionsResult.Fail($"{setting} is not a valid connection string of StackExchange.Redis{ErrorOf(parts)}; write host:port,password=...");
        }
    }

    /// <summary>Returns the name of an option of a connection string; <see langword="null"/> if the part is a server.</summary>
    private static string? OptionOf(string part) => part.IndexOf('=') is > 0 and var end ? part[..end].TrimEnd() : null;

    /// <summary>
    /// Returns the end of a sentence that names the first option which the client library refuses. The result is empty if the name may be a part of a
    /// password.
    /// </summary>
    private static string ErrorOf(IEnumerable<string> parts)
    {
        var refused = parts.TakeWhile(part => !"password".Equals(OptionOf(part), StringComparison.OrdinalIgnoreCase)).FirstOrDefault(part => !IsValid(part, ignoreUnknown: false));
        return OptionOf(refused ?? string.Empty) is not { Length: <= LongestOption } name || !name.All(char.IsAsciiLetter) ? string.Empty
            : IsValid(refused!, ignoreUnknown: true) ? $": it has no option {name}"
            : $": the value of {name} is invalid";
    }

    private static bool IsValid(string part, bool ignoreUnknown)
    {
        try
        {
            ConfigurationOptions.Parse(part, ignoreUnknown);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return false;
        }
    }

    /// <summary>
    /// Checks that the host names of the servers are valid, because the host names are logged, and the client library accepts any text as a host name.
    /// </summary>
    private static ValidateOptionsResult Named(ConfigurationOptions configuration, string setting) => configuration.EndPoints.Any(server => !IsServer(server))
        ? ValidateOptionsResult.Fail($"{setting} has a server whose name is not the name of a host; write host:port.")
        : ValidateOptionsResult.Success;

    private static bool IsServer(EndPoint server) =>
        (server is not DnsEndPoint dns || Uri.CheckHostName(dns.Host) != UriHostNameType.Unknown) && !KeyMaterial.IsLikely(ServerDiagnosis.Name(server));
}
