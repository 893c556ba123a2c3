using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Rewt.Internal;

/// <summary>
/// Downloads sets of public keys (JWKS) within three seconds, without following redirects. The class has an <see cref="HttpClient"/> of its own,
/// because a client of the application's factory may be configured to sign requests. Such a client would wait for the keys that it should download.
/// </summary>
internal sealed class KeyDownload(TimeProvider time) : IKeyDownload, IDisposable
{
    /// <summary>The timeout of a download. The timeout is shorter than the time for which a request waits for keys.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private static readonly HttpRequestOptionsKey<bool> HasConnected = new("Rewt.HasConnected");

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        // A redirect could lead to plain HTTP or to an untrusted host.
        AllowAutoRedirect = false,
        Proxy = new LoopbackBypass(),
        UseCookies = false,
        // Without Accept-Encoding, a server may use any content coding (RFC 9110 §12.5.3). This setting sends the header and decompresses the response.
        AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 32,
        ConnectCallback = ConnectOnceAsync,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public async Task<DownloadedKeys> FetchAsync(Uri address, string? entityTag, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/jwk-set+json"));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json", 0.9));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*", 0.1));
            if (entityTag is not null && EntityTagHeaderValue.TryParse(entityTag, out var known)) request.Headers.IfNoneMatch.Add(known);

            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => Answer(response, await ReadAsync(address, response, either.Token).ConfigureAwait(false)),
                HttpStatusCode.NotModified when entityTag is not null => Answer(response, null),
                >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest => throw new PublicKeySourceException($"{KeyUrl.NameOf(address)} answers with a redirect, which is not followed; use the target address"),
                _ => throw new PublicKeySourceException($"{KeyUrl.NameOf(address)} answers {(int)response.StatusCode}"),
            };
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PublicKeySourceException($"{KeyUrl.NameOf(address)} did not answer within {Limit.TotalSeconds} s", exception);
        }
        catch (InvalidDataException exception)
        {
            throw new PublicKeySourceException($"{KeyUrl.NameOf(address)} answers with damaged compressed data", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The messages repeat what the server sent, for example its status line.
            throw new PublicKeySourceException($"{KeyUrl.NameOf(address)} cannot be reached", new IOException(UntrustedText.Of(exception)));
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>
    /// Opens the connection of a request, at most once. Without this limit, .NET would connect three more times if a server closes the connection.
    /// The limit does not apply to a proxy, because a proxy may close the connection to request a login. A name that ends with <c>.localhost</c> is
    /// connected to this machine, regardless of the DNS response.
    /// </summary>
    private static async ValueTask<Stream> ConnectOnceAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var request = context.InitialRequestMessage.Options;
        var isProxy = !context.DnsEndPoint.Host.Equals(context.InitialRequestMessage.RequestUri!.IdnHost, StringComparison.OrdinalIgnoreCase);
        if (!isProxy && request.TryGetValue(HasConnected, out _)) throw new HttpRequestException("The server closes the connection without an answer.");

        request.Set(HasConnected, true);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            var server = context.DnsEndPoint;
            if (Loopback.IsLoopback(server.Host) && !IPAddress.TryParse(server.Host, out _)) server = new DnsEndPoint("localhost", server.Port);
            await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static DownloadedKeys Answer(HttpResponseMessage response, byte[]? content)
    {
        var cache = response.Headers.CacheControl;
        // A cache on the way may have held the response for a part of its lifetime already.
        var left = cache?.MaxAge - (response.Headers.Age ?? TimeSpan.Zero);
        if (cache is { NoCache: true } or { NoStore: true } || left < TimeSpan.Zero) left = TimeSpan.Zero;
        return new DownloadedKeys(content, response.Headers.ETag?.ToString(), left);
    }

    private static async Task<byte[]> ReadAsync(Uri address, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[PublicKeySetReader.MaximumBytes + 1];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return length <= PublicKeySetReader.MaximumBytes
                ? buffer[..length]
                : throw new PublicKeySourceException($"{KeyUrl.NameOf(address)} answers with more than {PublicKeySetReader.MaximumBytes / 1024} KB");
        }
    }
}
