namespace Rewt.Internal;

/// <summary>The state of the simulated outage of the stores.</summary>
internal sealed class Outage
{
    private volatile bool _isOn;

    public bool IsOn
    {
        get => _isOn;
        set => _isOn = value;
    }

    /// <exception cref="IOException">The outage is in progress.</exception>
    public void Check()
    {
        if (_isOn) throw new IOException("Redis is unavailable, because the test called RewtTestRing.SimulateOutage.");
    }
}
