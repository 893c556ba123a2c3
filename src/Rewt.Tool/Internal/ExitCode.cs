namespace Rewt.Tool;

/// <summary>How the tool ends; docs/operations/tool.md lists them.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>A fault of the tool.</summary>
    public const int Unexpected = 1;

    /// <summary>The command line is wrong, or a question cannot be asked.</summary>
    public const int Usage = 2;

    /// <summary>Redis cannot be reached or does not answer.</summary>
    public const int Unreachable = 3;

    /// <summary>Redis answers and refuses, or what it holds is no ring that can be changed.</summary>
    public const int Denied = 4;

    /// <summary>The token is refused, or is none.</summary>
    public const int BadToken = 5;

    /// <summary>Not done, because it would do harm or was answered with no.</summary>
    public const int Refused = 6;

    /// <summary>Done, and not every instance has confirmed it in time.</summary>
    public const int Unconfirmed = 7;

    /// <summary>The doctor has found something.</summary>
    public const int Findings = 8;

    /// <summary>There is no ring in the namespace.</summary>
    public const int NoRing = 9;

    /// <summary>Redis does not take the login.</summary>
    public const int BadLogin = 10;

    /// <summary>The server is a replica.</summary>
    public const int Replica = 11;

    /// <summary>The server's host name is unknown.</summary>
    public const int UnknownHost = 12;

    public const int Interrupted = 130;
}
