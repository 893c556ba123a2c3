namespace Rewt.Tests.Infrastructure;

public enum RedisServerKind
{
    /// <summary>The real one where it is installed, else garnet.</summary>
    Any,

    Real,

    Garnet,

    /// <summary>Garnet as it starts by default, without Lua: it has no EVAL.</summary>
    GarnetWithoutLua,
}
