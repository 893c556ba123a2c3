namespace Rewt.Internal;

/// <summary>
/// Limits how many signatures and certificates are verified during one read of the published public keys, in total and for each service. A flood of
/// new entries is then verified over several reads, so that it delays neither revocations nor the keys of other services.
/// </summary>
internal sealed class CheckBudget
{
    public const string NotChecked = "it has not been checked yet, because too many entries are new";

    private const int Maximum = 1024;
    private const int MaximumOfRing = 256;

    private int _left = Maximum;
    private int _leftOfRing;

    /// <summary>Starts with the keys of the next service.</summary>
    public CheckBudget ForNextRing()
    {
        _leftOfRing = MaximumOfRing;
        return this;
    }

    /// <summary>Whether another entry may be verified in this read.</summary>
    public bool TryTake()
    {
        if (_left == 0 || _leftOfRing == 0) return false;
        _left--;
        _leftOfRing--;
        return true;
    }
}
