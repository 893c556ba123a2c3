namespace Rewt.Internal;

/// <summary>
/// The switch of <see cref="RewtTestRing.SimulateOutage"/>: while it is on, the in-memory stores of the hosts under test fail, as if Redis were
/// unavailable.
/// </summary>
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
