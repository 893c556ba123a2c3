namespace Rewt.Internal;

/// <summary>
/// Limits how many signatures and certificates are verified during one read of the published public keys, in total and for each service. A flood of
/// new entries is therefore verified over several reads, and delays neither revocations nor the keys of other services.
/// </summary>
internal sealed class CheckBudget
{
    public const string NotChecked = "it has not been checked yet, because too many entries are new";

    private const int Maximum = 1024;
    private const int MaximumOfRing = 256;

    private int _left = Maximum;
    private int _leftOfRing;

    /// <summary>Returns this budget with a new limit for the keys of the next service.</summary>
    public CheckBudget ForNextRing()
    {
        _leftOfRing = MaximumOfRing;
        return this;
    }

    /// <summary>Returns whether another entry may be verified in this read, and counts the entry.</summary>
    public bool TryTake()
    {
        if (_left == 0 || _leftOfRing == 0) return false;
        _left--;
        _leftOfRing--;
        return true;
    }
}
