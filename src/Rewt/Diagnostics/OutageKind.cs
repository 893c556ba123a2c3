namespace Rewt.Internal;

/// <summary>The kind of problem that prevents the use of Redis. The command-line tool has a separate exit code for each kind.</summary>
internal enum OutageKind
{
    Other,

    /// <summary>The Redis user name or the password is missing or wrong.</summary>
    Login,

    /// <summary>The Redis server is a replica, but keys are read only from the primary.</summary>
    Replica,

    /// <summary>DNS cannot resolve the host name of the Redis server.</summary>
    UnknownHost,
}
