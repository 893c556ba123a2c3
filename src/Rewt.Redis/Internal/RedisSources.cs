using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Chooses the connection to Redis. What is set for this library goes before what the application has registered for itself, and that before a connection
/// string that other libraries read too. Nothing is resolved and no server is asked.
/// </summary>
internal static class RedisSources
{
    /// <summary>The settings that are given; more than one is an error.</summary>
    public static IReadOnlyList<RedisSource> Settings(RewtOptions options) =>
    [
        .. options.ConnectionMultiplexerFactory is null ? [] : new[] { RedisSource.Factory },
        .. options.ConfigurationOptions is null ? [] : new[] { RedisSource.ConfigurationOptions },
        .. string.IsNullOrWhiteSpace(options.Redis) || options.IsRedisFallback ? [] : new[] { RedisSource.Redis },
    ];

    public static RedisSource Of(IServiceProvider services, RewtOptions options) => Settings(options) is [var setting, ..]
        ? setting
        : Registered(services, options) ?? (string.IsNullOrWhiteSpace(options.Redis) ? RedisSource.None : RedisSource.ConnectionStrings);

    /// <summary>The multiplexer of the application that serves where no setting is given; <see langword="null"/> where none is registered.</summary>
    public static RedisSource? Registered(IServiceProvider services, RewtOptions options) =>
        services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(IConnectionMultiplexer), options.Namespace) == true ? RedisSource.KeyedMultiplexer
        : services.GetService<IServiceProviderIsService>()?.IsService(typeof(IConnectionMultiplexer)) == true ? RedisSource.Multiplexer
        : null;

    /// <summary>A setting as an operator finds it.</summary>
    public static string NameOf(RedisSource source, string section) => source switch
    {
        RedisSource.Factory => $"{nameof(RewtOptions)}.{nameof(RewtOptions.ConnectionMultiplexerFactory)}",
        RedisSource.ConfigurationOptions => $"{nameof(RewtOptions)}.{nameof(RewtOptions.ConfigurationOptions)}",
        RedisSource.ConnectionStrings => "ConnectionStrings:redis",
        _ => $"{section}:{nameof(RewtOptions.Redis)}",
    };
}
