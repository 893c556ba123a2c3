namespace Rewt.Tests.Infrastructure;

public enum RedisServerKind
{
    /// <summary>The real one where it is installed, else garnet.</summary>
    Any,

    Real,

    Garnet,
}
