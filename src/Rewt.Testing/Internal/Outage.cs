namespace Rewt.Internal;

/// <summary>
/// The state of a simulated outage (<see cref="RewtTestRing.SimulateOutage"/>). During the outage, the in-memory stores of the hosts under test fail,
/// as if Redis were unavailable.
/// </summary>
internal sealed class Outage
{
    private volatile bool _isOn;

    public bool IsOn
    {
        get => _isOn;
        set => _isOn = value;
    }

    /// <exception cref="IOException">An outage is being simulated.</exception>
    public void Check()
    {
        if (_isOn) throw new IOException("Redis is unavailable, because the test called RewtTestRing.SimulateOutage.");
    }
}
