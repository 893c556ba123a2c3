namespace Rewt.Internal;

/// <summary>The origin of a connection to Redis: a setting or a registered multiplexer. The members are in order of precedence.</summary>
internal enum RedisSource
{
    /// <summary><see cref="RewtOptions.ConnectionMultiplexerFactory"/>.</summary>
    Factory,

    /// <summary><see cref="RewtOptions.ConfigurationOptions"/>.</summary>
    ConfigurationOptions,

    /// <summary><see cref="RewtOptions.Redis"/>, set in code or in the configuration section of this library.</summary>
    Redis,

    /// <summary>The application's multiplexer with the namespace as its service key.</summary>
    KeyedMultiplexer,

    /// <summary>The application's multiplexer without a service key.</summary>
    Multiplexer,

    /// <summary><c>ConnectionStrings:redis</c>.</summary>
    ConnectionStrings,

    /// <summary>No connection is configured.</summary>
    None,
}
