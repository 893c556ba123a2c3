namespace Rewt.Internal;

/// <summary>The kind of problem with which Redis cannot be used, as far as programs distinguish it.</summary>
internal enum OutageKind
{
    Other,

    /// <summary>The user or the password is missing or wrong.</summary>
    Login,

    /// <summary>The server is a replica, and keys are read only from the primary.</summary>
    Replica,

    /// <summary>DNS does not know the host name of the server.</summary>
    UnknownHost,
}
