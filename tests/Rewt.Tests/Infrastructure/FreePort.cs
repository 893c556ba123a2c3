namespace Rewt.Tests.Infrastructure;

/// <summary>
/// Ports on loopback on which nothing listens. A port is given once, and to one run of tests only, though several run on this machine: a server that a
/// test has ended finds its port free when it starts again, and on a port that a test wants closed nothing begins to listen.
/// </summary>
public static class FreePort
{
    // All ports are below the ephemeral range: there, a client that reconnects to a server that is down can meet itself on the server's port.
    private const int First = 12_000;
    private const int Blocks = 20;
    private const int PairsOfBlock = 500;

    /// <summary>What a node of a Redis Cluster adds to its port for the bus on which the nodes talk.</summary>
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

    /// <summary>A port whose cluster bus is free too, and below the ephemeral range as well.</summary>
    public static int NextOfClusterNode()
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

    /// <summary>Locks the file of a block until this process ends.</summary>
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
