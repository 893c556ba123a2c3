using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Selects the Redis connection of a key ring. A setting of this library has precedence, then a registered multiplexer, then the connection string
/// that other libraries read too. The selection resolves no service and contacts no server.
/// </summary>
internal static class RedisSourceSelector
{
    /// <summary>Returns the connection settings that are set. More than one such setting is an error.</summary>
    public static IReadOnlyList<RedisSource> Settings(RewtOptions options) =>
    [
        .. options.ConnectionMultiplexerFactory is null ? [] : new[] { RedisSource.Factory },
        .. options.ConfigurationOptions is null ? [] : new[] { RedisSource.ConfigurationOptions },
        .. string.IsNullOrWhiteSpace(options.Redis) || options.IsRedisFallback ? [] : new[] { RedisSource.Redis },
    ];

    public static RedisSource Of(IServiceProvider services, RewtOptions options) => Settings(options) is [var setting, ..]
        ? setting
        : Registered(services, options) ?? (string.IsNullOrWhiteSpace(options.Redis) ? RedisSource.None : RedisSource.ConnectionStrings);

    /// <summary>
    /// Returns which registered multiplexer is used if no setting is set; <see langword="null"/> if the application has registered none.
    /// </summary>
    public static RedisSource? Registered(IServiceProvider services, RewtOptions options) =>
        services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(IConnectionMultiplexer), options.Namespace) == true ? RedisSource.KeyedMultiplexer
        : services.GetService<IServiceProviderIsService>()?.IsService(typeof(IConnectionMultiplexer)) == true ? RedisSource.Multiplexer
        : null;

    /// <summary>Returns a copy of the configuration of a connection that this library opens.</summary>
    public static ConfigurationOptions Configuration(RewtOptions options) => options.ConfigurationOptions?.Clone() ?? ConfigurationOptions.Parse(options.Redis!);

    /// <summary>Returns the setting name to show in messages.</summary>
    public static string NameOf(RedisSource source, RewtOptions options) => source switch
    {
        RedisSource.Factory => $"{nameof(RewtOptions)}.{nameof(RewtOptions.ConnectionMultiplexerFactory)}",
        RedisSource.ConfigurationOptions => $"{nameof(RewtOptions)}.{nameof(RewtOptions.ConfigurationOptions)}",
        RedisSource.ConnectionStrings => "ConnectionStrings:redis",
        RedisSource.KeyedMultiplexer or RedisSource.Multiplexer => "the configuration of the registered IConnectionMultiplexer",
        _ => $"{options.ConnectionSection}:{nameof(RewtOptions.Redis)}",
    };
}
