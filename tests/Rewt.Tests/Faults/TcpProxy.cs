namespace Rewt.Tests.Faults;

/// <summary>A proxy between a client and a server. It forwards, delays or drops data, closes connections, and can redirect to another server.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly List<TcpClient> _clients = [];
    private TcpListener? _listener;
    private volatile TaskCompletionSource _forwarding = Completed();
    private volatile TaskCompletionSource _responses = Completed();
    private int _responsesReceived;
    private volatile int _upstream;
    private volatile int _droppedGeneration;

    private TcpProxy(int upstream) => _upstream = upstream;

    public int Port { get; private set; } = FreePort.Next();

    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Gets or sets a predicate that selects the data from the server to drop.</summary>
    public Func<ReadOnlyMemory<byte>, bool>? DropFromServer { get; set; }

    /// <summary>Gets or sets the delay of data from the server.</summary>
    public TimeSpan DelayFromServer { get; set; }

    public static TcpProxy Start(int upstream)
    {
        var proxy = new TcpProxy(upstream);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                proxy.Listen();
                return proxy;
            }
            catch (SocketException) when (attempt < 5)
            {
                // Another program took the port before the proxy did.
                proxy.Port = FreePort.Next();
            }
        }
    }

    /// <summary>Drops all pub/sub messages.</summary>
    public void DropPushMessages() =>
        DropFromServer = bytes => Encoding.Latin1.GetString(bytes.Span).Contains("$7\r\nmessage\r\n", StringComparison.Ordinal);

    /// <summary>Refuses new connections and closes the existing ones.</summary>
    public void Refuse()
    {
        _listener?.Dispose();
        _listener = null;
        CloseConnections();
    }

    public void Listen()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _ = AcceptAsync(_listener);
    }

    /// <summary>Accepts connections but forwards no data, as a firewall that drops packets does.</summary>
    public void Hold() => _forwarding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Holds the responses of the server until <see cref="ReleaseResponses"/> is called.</summary>
    public void HoldResponses()
    {
        Volatile.Write(ref _responsesReceived, 0);
        _responses = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Waits until a response of the server is held.</summary>
    public Task WaitUntilAnsweredAsync() => Eventually.TrueAsync(() => Volatile.Read(ref _responsesReceived) > 0, "the server has responded");

    public void ReleaseResponses() => _responses.TrySetResult();

    /// <summary>Forwards the held data and all later data.</summary>
    public void Release() => _forwarding.TrySetResult();

    /// <summary>Forwards new connections. Held connections stay open but never receive data again.</summary>
    public void ReleaseNewConnections() => _forwarding = Completed();

    /// <summary>Drops all further data of the existing connections without closing them. New connections are forwarded.</summary>
    public void DropConnectionData() => Interlocked.Increment(ref _droppedGeneration);

    /// <summary>Closes all connections.</summary>
    public void CloseConnections()
    {
        lock (_gate)
        {
            foreach (var client in _clients) client.Dispose();
            _clients.Clear();
        }
    }

    /// <summary>Redirects new connections to another server, as a DNS name does after a failover. Existing connections stay.</summary>
    public void RedirectNewConnections(int upstream) => _upstream = upstream;

    /// <summary>Closes all connections and redirects new ones to another server, as a virtual IP address does after a failover.</summary>
    public void RedirectConnections(int upstream)
    {
        _upstream = upstream;
        CloseConnections();
    }

    public async ValueTask DisposeAsync()
    {
        Refuse();
        await _stopping.CancelAsync();
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        source.SetResult();
        return source;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync(_stopping.Token));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The listener was closed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        var generation = _droppedGeneration;
        lock (_gate) _clients.AddRange([client, server]);
        try
        {
            await _forwarding.Task.WaitAsync(_stopping.Token);
            await server.ConnectAsync(IPAddress.Loopback, _upstream, _stopping.Token);
            await Task.WhenAny(
                PumpAsync(client.GetStream(), server.GetStream(), generation, null),
                PumpAsync(server.GetStream(), client.GetStream(), generation, bytes => DropFromServer?.Invoke(bytes) ?? false));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // One side closed its connection; the other is closed as well.
        }
        finally
        {
            client.Dispose();
            lock (_gate)
            {
                _clients.Remove(client);
                _clients.Remove(server);
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, int generation, Func<ReadOnlyMemory<byte>, bool>? drop)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _stopping.Token) is var count && count > 0)
            {
                if (drop is not null)
                {
                    Interlocked.Increment(ref _responsesReceived);
                    await _responses.Task.WaitAsync(_stopping.Token);
                    if (DelayFromServer > TimeSpan.Zero) await Task.Delay(DelayFromServer, TimeProvider.System, _stopping.Token);
                }

                await _forwarding.Task.WaitAsync(_stopping.Token);
                if (generation == _droppedGeneration && drop?.Invoke(buffer.AsMemory(0, count)) != true) await to.WriteAsync(buffer.AsMemory(0, count), _stopping.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection was closed.
        }
    }
}
