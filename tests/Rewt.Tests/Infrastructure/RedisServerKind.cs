namespace Rewt.Tests.Infrastructure;

public enum RedisServerKind
{
    /// <summary>redis-server if it is installed, otherwise Garnet.</summary>
    Any,

    Real,

    Garnet,

    /// <summary>Garnet without Lua, which is its default. It has no EVAL command.</summary>
    GarnetWithoutLua,
}
