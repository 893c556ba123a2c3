namespace Rewt.Internal;

/// <summary>The source of a Redis connection: a setting or a registered multiplexer. The members are in the order of their precedence.</summary>
internal enum RedisSource
{
    /// <summary>The setting <see cref="RewtOptions.ConnectionMultiplexerFactory"/>.</summary>
    Factory,

    /// <summary>The setting <see cref="RewtOptions.ConfigurationOptions"/>.</summary>
    ConfigurationOptions,

    /// <summary>The setting <see cref="RewtOptions.Redis"/>, set in code or in the configuration section of this library.</summary>
    Redis,

    /// <summary>The multiplexer that the application has registered as a keyed service with the namespace as the key.</summary>
    KeyedMultiplexer,

    /// <summary>The multiplexer that the application has registered without a service key.</summary>
    Multiplexer,

    /// <summary>The configuration value <c>ConnectionStrings:redis</c>.</summary>
    ConnectionStrings,

    /// <summary>No connection is configured.</summary>
    None,
}
