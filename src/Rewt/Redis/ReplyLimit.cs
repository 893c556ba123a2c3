using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Rewt.Internal;

/// <summary>
/// Closes a connection on which more arrives without a request than any reply of Redis has. The client library would buffer a reply without end, from
/// something that is no Redis, until the memory is full.
/// </summary>
internal sealed class ReplyLimit : Tunnel
{
    /// <summary>The most bytes between two requests; some times the largest reply that is read.</summary>
    private const long Maximum = 32 * 1024 * 1024;

    public override ValueTask<Stream?> BeforeAuthenticateAsync(EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Stream?>(socket is null ? null : new LimitedStream(socket));

    private sealed class LimitedStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        private long _received;

        public override int Read(byte[] buffer, int offset, int count) => Received(base.Read(buffer, offset, count));

        public override int Read(Span<byte> buffer) => Received(base.Read(buffer));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Received(await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

        public override void Write(byte[] buffer, int offset, int count)
        {
            Volatile.Write(ref _received, 0);
            base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Volatile.Write(ref _received, 0);
            base.Write(buffer);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Volatile.Write(ref _received, 0);
            return base.WriteAsync(buffer, cancellationToken);
        }

        private int Received(int count)
        {
            if (Interlocked.Add(ref _received, count) <= Maximum) return count;

            Dispose();
            throw new IOException("The server sends a reply without end.");
        }
    }
}
