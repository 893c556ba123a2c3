namespace Rewt.Tests.Infrastructure;

/// <summary>
/// A RESP2 connection. Tests use it to access Redis without the library under test and without redis-cli.
/// A reply is a string (simple or bulk; byte[] from <see cref="BytesAsync"/>), a long, null, an object?[] or a <see cref="RespException"/>.
/// </summary>
public sealed class RespClient : IAsyncDisposable
{
    private readonly SemaphoreSlim _requestLock = new(1, 1);
    private readonly TcpClient _connection;
    private readonly NetworkStream _stream;
    private readonly BufferedStream _replies;

    private readonly Action<string, string>? _onCommand;

    private RespClient(TcpClient connection, Action<string, string>? onCommand)
    {
        (_connection, _onCommand) = (connection, onCommand);
        _stream = connection.GetStream();
        _replies = new BufferedStream(_stream);
    }

    /// <param name="port">The loopback port of the server.</param>
    /// <param name="onCommand">Receives the name and first argument of each command before it is sent.</param>
    public static async Task<RespClient> ConnectAsync(int port, Action<string, string>? onCommand = null)
    {
        var connection = new TcpClient { NoDelay = true };
        try
        {
            await connection.ConnectAsync(IPAddress.Loopback, port, Cancellation);
            return new RespClient(connection, onCommand);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sends strings, bytes and numbers as bulk strings; bulk replies are returned as UTF-8 text.</summary>
    public Task<object?> CommandAsync(params object[] command) => SendAsync(Encode(command), asText: true);

    public Task<object?> BytesAsync(params object[] command) => SendAsync(Encode(command), asText: false);

    public async ValueTask DisposeAsync()
    {
        await _replies.DisposeAsync();
        _connection.Dispose();
        _requestLock.Dispose();
    }

    private byte[] Encode(object[] command)
    {
        _onCommand?.Invoke($"{command[0]}", $"{command.ElementAtOrDefault(1)}");
        using var request = new MemoryStream();
        request.Write(Encoding.ASCII.GetBytes($"*{command.Length}\r\n"));
        foreach (var part in command)
        {
            var bytes = part as byte[] ?? Encoding.UTF8.GetBytes(Convert.ToString(part, CultureInfo.InvariantCulture) ?? "");
            request.Write(Encoding.ASCII.GetBytes($"${bytes.Length}\r\n"));
            request.Write(bytes);
            request.Write("\r\n"u8);
        }

        return request.ToArray();
    }

    private async Task<object?> SendAsync(byte[] request, bool asText)
    {
        await _requestLock.WaitAsync(Cancellation);
        try
        {
            await _stream.WriteAsync(request, Cancellation);
            var reply = await ReadAsync(asText, Cancellation);
            return reply is RespException error ? throw error : reply;
        }
        finally
        {
            _requestLock.Release();
        }
    }

    private async Task<object?> ReadAsync(bool asText, CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken);
        var rest = line[1..];
        switch (line[0])
        {
            case '+':
                return rest;
            case '-':
                return new RespException(rest);
            case ':':
                return long.Parse(rest, CultureInfo.InvariantCulture);
            case '$':
                return await ReadBulkAsync(int.Parse(rest, CultureInfo.InvariantCulture), asText, cancellationToken);
            case '*':
                var count = int.Parse(rest, CultureInfo.InvariantCulture);
                var items = count < 0 ? null : new object?[count];
                for (var index = 0; index < count; index++)
                {
                    items![index] = await ReadAsync(asText, cancellationToken);
                }

                return items;
            default:
                throw new InvalidDataException($"Not a RESP2 reply: {line}");
        }
    }

    private async Task<object?> ReadBulkAsync(int length, bool asText, CancellationToken cancellationToken)
    {
        if (length < 0)
        {
            return null;
        }

        var bytes = new byte[length + 2];
        await _replies.ReadExactlyAsync(bytes, cancellationToken);
        return asText ? Encoding.UTF8.GetString(bytes, 0, length) : bytes[..length];
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var next = new byte[1];
        do
        {
            await _replies.ReadExactlyAsync(next, cancellationToken);
            line.Add(next[0]);
        }
        while (next[0] != '\n');

        return Encoding.UTF8.GetString([.. line]).TrimEnd('\r', '\n');
    }
}
