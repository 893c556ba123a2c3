namespace Rewt.Tool;

/// <summary>The exit codes of the tool <c>rewt</c>; docs/operations/tool.md lists them.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>An unexpected error in the tool.</summary>
    public const int Unexpected = 1;

    /// <summary>The command line is invalid, or confirmation is needed and there is no terminal.</summary>
    public const int Usage = 2;

    /// <summary>Redis cannot be reached or does not answer.</summary>
    public const int Unreachable = 3;

    /// <summary>Redis rejected the command, or the stored value is not a key ring that can be changed.</summary>
    public const int Denied = 4;

    /// <summary>The token was rejected or is malformed.</summary>
    public const int BadToken = 5;

    /// <summary>The command was not executed, because it would do harm or the user declined.</summary>
    public const int Refused = 6;

    /// <summary>The command was executed, but not every instance confirmed it in time.</summary>
    public const int Unconfirmed = 7;

    /// <summary>The doctor found a problem.</summary>
    public const int Findings = 8;

    /// <summary>The namespace has no key ring.</summary>
    public const int NoRing = 9;

    /// <summary>Redis rejected the login.</summary>
    public const int BadLogin = 10;

    /// <summary>The server is a replica.</summary>
    public const int Replica = 11;

    /// <summary>The server's host name is unknown.</summary>
    public const int UnknownHost = 12;

    public const int Interrupted = 130;
}
