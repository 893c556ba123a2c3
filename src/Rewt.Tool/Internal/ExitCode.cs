namespace Rewt.Tool;

/// <summary>The exit codes of the tool <c>rewt</c>. The page docs/operations/tool.md lists the same codes.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>An unexpected error in the tool.</summary>
    public const int Unexpected = 1;

    /// <summary>The command line is invalid, or the command needs a confirmation and there is no terminal.</summary>
    public const int Usage = 2;

    /// <summary>The Redis server cannot be reached, or does not answer.</summary>
    public const int Unreachable = 3;

    /// <summary>Redis rejected the command, or the stored value is not a key ring that can be changed.</summary>
    public const int Denied = 4;

    /// <summary>The token was refused, or is not a token.</summary>
    public const int BadToken = 5;

    /// <summary>The command was not executed, because it could make calls fail or because the user declined.</summary>
    public const int Refused = 6;

    /// <summary>The command was executed, but not every instance confirmed it in time.</summary>
    public const int Unconfirmed = 7;

    /// <summary>The doctor found a problem.</summary>
    public const int Findings = 8;

    /// <summary>Redis contains no key ring for the namespace.</summary>
    public const int NoRing = 9;

    /// <summary>Redis rejected the user name or the password.</summary>
    public const int BadLogin = 10;

    /// <summary>The Redis server is a replica.</summary>
    public const int Replica = 11;

    /// <summary>The host name of the Redis server cannot be resolved.</summary>
    public const int UnknownHost = 12;

    public const int Interrupted = 130;
}
