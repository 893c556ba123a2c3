namespace Rewt.Internal;

/// <summary>Whether the hosts of a ring are cut off from it.</summary>
internal sealed class Outage
{
    private volatile bool _isOn;

    public bool IsOn
    {
        get => _isOn;
        set => _isOn = value;
    }

    /// <exception cref="IOException">The hosts are cut off.</exception>
    public void Check()
    {
        if (_isOn) throw new IOException("Redis is down, as RewtTestRing.GoDown would have it.");
    }
}
