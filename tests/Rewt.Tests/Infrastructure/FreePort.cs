namespace Rewt.Tests.Infrastructure;

/// <summary>
/// Returns unused loopback ports. Each port is returned only once, even if several test runs share the machine. A restarted server therefore finds its
/// port unused, and a port that must stay closed stays closed.
/// </summary>
public static class FreePort
{
    // All ports are below the ephemeral range, in which a client that reconnects to a stopped server can connect to itself.
    private const int First = 12_000;
    private const int Blocks = 20;
    private const int PairsOfBlock = 500;

    /// <summary>The offset from the port of a Redis Cluster node to the port of its cluster bus.</summary>
    private const int ClusterBus = 10_000;

    private static readonly Lock Gate = new();
    private static readonly List<FileStream> Reserved = [];
    private static readonly Stack<int> Pairs = new();
    private static readonly Stack<int> Singles = new();

    public static int Next()
    {
        lock (Gate)
        {
            if (Singles.TryPop(out var single) && IsFree(single)) return single;
            var port = NextPair();
            Singles.Push(port + ClusterBus);
            return port;
        }
    }

    /// <summary>Returns a port whose cluster bus port is also unused and below the ephemeral range.</summary>
    public static int NextForClusterNode()
    {
        lock (Gate) return NextPair();
    }

    private static int NextPair()
    {
        while (true)
        {
            if (Pairs.Count == 0) AddBlock();
            var port = Pairs.Pop();
            if (IsFree(port) && IsFree(port + ClusterBus)) return port;
        }
    }

    private static void AddBlock()
    {
        var blocks = Enumerable.Range(0, Blocks).ToArray();
        Random.Shared.Shuffle(blocks);
        var block = Array.Find(blocks, TryReserve);
        for (var pair = 0; pair < PairsOfBlock; pair++) Pairs.Push(First + (block * PairsOfBlock) + pair);
    }

    /// <summary>Tries to lock the file of a block until this process exits.</summary>
    private static bool TryReserve(int block)
    {
        try
        {
            var path = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"rewt-test-ports-{block}.lock"));
            Reserved.Add(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
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
