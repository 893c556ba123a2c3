namespace Rewt.Internal;

/// <summary>
/// Limits the verifications of signatures and certificates in one read of public keys, so that a flood of entries delays no revocation: it is verified
/// over several reads. A ring has a share, so that the flood of one service leaves enough for the others.
/// </summary>
internal sealed class CheckBudget
{
    public const string NotChecked = "it has not been checked yet, because too many entries are new";

    private const int Maximum = 1024;
    private const int MaximumOfRing = 256;

    private int _left = Maximum;
    private int _leftOfRing;

    public CheckBudget ForNextRing()
    {
        _leftOfRing = MaximumOfRing;
        return this;
    }

    public bool TryTake()
    {
        if (_left == 0 || _leftOfRing == 0) return false;
        _left--;
        _leftOfRing--;
        return true;
    }
}
