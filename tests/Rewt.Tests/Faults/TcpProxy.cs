namespace Rewt.Tests.Faults;

/// <summary>Stands between a client and a server: passes, holds back, drops or cuts what goes through, and can lead to another server.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly List<TcpClient> _clients = [];
    private TcpListener? _listener;
    private volatile TaskCompletionSource _open = Opened();
    private volatile TaskCompletionSource _answers = Opened();
    private int _answersHeld;
    private volatile int _upstream;
    private volatile int _lost;

    private TcpProxy(int upstream) => _upstream = upstream;

    public int Port { get; private set; } = FreePort.Next();

    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Bytes from the server for which this says so never arrive.</summary>
    public Func<ReadOnlyMemory<byte>, bool>? DropFromServer { get; set; }

    /// <summary>How long each piece of data from the server is on its way.</summary>
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

    /// <summary>Pushed messages never arrive.</summary>
    public void DropMessages() =>
        DropFromServer = bytes => Encoding.Latin1.GetString(bytes.Span).Contains("$7\r\nmessage\r\n", StringComparison.Ordinal);

    /// <summary>New connections are refused and those there are end.</summary>
    public void Refuse()
    {
        _listener?.Dispose();
        _listener = null;
        Cut();
    }

    public void Listen()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _ = AcceptAsync(_listener);
    }

    /// <summary>Connections are accepted and nothing more is heard, as behind a firewall that drops packets.</summary>
    public void Hold() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the server says is on its way until <see cref="ReleaseAnswers"/>.</summary>
    public void HoldAnswers()
    {
        Volatile.Write(ref _answersHeld, 0);
        _answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Waits until the server has said something that is held.</summary>
    public Task AnsweredAsync() => Eventually.TrueAsync(() => Volatile.Read(ref _answersHeld) > 0, "the server has answered");

    public void ReleaseAnswers() => _answers.TrySetResult();

    /// <summary>What was held arrives.</summary>
    public void Release() => _open.TrySetResult();

    /// <summary>New connections get through; those that were held never hear anything again.</summary>
    public void ReleaseOnlyNew() => _open = Opened();

    /// <summary>Drops all further data of the present connections without closing them. New connections get through.</summary>
    public void LoseConnections() => Interlocked.Increment(ref _lost);

    /// <summary>Ends all connections.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            foreach (var client in _clients) client.Dispose();
            _clients.Clear();
        }
    }

    /// <summary>New connections lead to another server, as a DNS name does after a failover. The present ones stay.</summary>
    public void LeadNewTo(int upstream) => _upstream = upstream;

    /// <summary>Leads to another server, as a virtual address does after a failover.</summary>
    public void SwapTo(int upstream)
    {
        _upstream = upstream;
        Cut();
    }

    public async ValueTask DisposeAsync()
    {
        Refuse();
        await _stopping.CancelAsync();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync(_stopping.Token));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The listener was closed, which is how this ends.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        var lost = _lost;
        lock (_gate) _clients.AddRange([client, server]);
        try
        {
            await _open.Task.WaitAsync(_stopping.Token);
            await server.ConnectAsync(IPAddress.Loopback, _upstream, _stopping.Token);
            await Task.WhenAny(
                PumpAsync(client.GetStream(), server.GetStream(), lost, null),
                PumpAsync(server.GetStream(), client.GetStream(), lost, bytes => DropFromServer?.Invoke(bytes) ?? false));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // One of the two ends is gone; the other follows.
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

    private async Task PumpAsync(NetworkStream from, NetworkStream to, int lost, Func<ReadOnlyMemory<byte>, bool>? drop)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _stopping.Token) is var count && count > 0)
            {
                if (drop is not null)
                {
                    Interlocked.Increment(ref _answersHeld);
                    await _answers.Task.WaitAsync(_stopping.Token);
                    if (DelayFromServer > TimeSpan.Zero) await Task.Delay(DelayFromServer, TimeProvider.System, _stopping.Token);
                }

                await _open.Task.WaitAsync(_stopping.Token);
                if (lost == _lost && drop?.Invoke(buffer.AsMemory(0, count)) != true) await to.WriteAsync(buffer.AsMemory(0, count), _stopping.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection has ended.
        }
    }
}
