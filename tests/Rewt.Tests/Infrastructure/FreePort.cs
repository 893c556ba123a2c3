namespace Rewt.Tests.Infrastructure;

public static class FreePort
{
    // Below the ephemeral range: there, a client that reconnects to a server that is down can meet itself on the server's port.
    private const int First = 12_000;
    private const int Last = 32_000;

    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>What a node of a Redis Cluster adds to its port for the bus on which the nodes talk.</summary>
    private const int ClusterBus = 10_000;

    public static int Next() => Next(0, Last);

    /// <summary>A port whose cluster bus is free too, and below the ephemeral range as well.</summary>
    public static int NextOfClusterNode() => Next(ClusterBus, Last - ClusterBus);

    private static int Next(int distanceToSecond, int last)
    {
        lock (Gate)
        {
            for (var attempt = 0; attempt < 1_000; attempt++)
            {
                var port = Random.Shared.Next(First, last);
                var second = port + distanceToSecond;
                if (!Given.Contains(port) && !Given.Contains(second) && IsFree(port) && IsFree(second))
                {
                    Given.Add(port);
                    Given.Add(second);
                    return port;
                }
            }
        }

        throw new InvalidOperationException($"No free loopback port between {First} and {last}.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
