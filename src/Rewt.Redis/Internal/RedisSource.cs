namespace Rewt.Internal;

/// <summary>Where the connection to Redis comes from, in the order in which each goes before the next.</summary>
internal enum RedisSource
{
    /// <summary><see cref="RewtOptions.ConnectionMultiplexerFactory"/>.</summary>
    Factory,

    /// <summary><see cref="RewtOptions.ConfigurationOptions"/>.</summary>
    ConfigurationOptions,

    /// <summary><see cref="RewtOptions.Redis"/>, set in code or in the configuration section of this library.</summary>
    Redis,

    /// <summary>A multiplexer of the application that is keyed by the namespace.</summary>
    KeyedMultiplexer,

    /// <summary>A multiplexer of the application without a key.</summary>
    Multiplexer,

    /// <summary><c>ConnectionStrings:redis</c>.</summary>
    ConnectionStrings,

    /// <summary>There is none.</summary>
    None,
}
