namespace Rewt.Internal;

/// <summary>
/// Finds the web proxy that a client's primary handler uses for an address. <see cref="OriginGuard"/> throws if credentials for this machine would
/// pass through it without encryption.
/// </summary>
internal sealed class OutgoingProxy(HttpMessageHandler primary)
{
    /// <summary>Returns the proxy that a request to this address is sent to; <see langword="null"/> if it is sent to the address itself.</summary>
    public Uri? For(Uri address)
    {
        var handler = primary;
        while (handler is DelegatingHandler { InnerHandler: { } inner }) handler = inner;
        var proxy = handler switch
        {
            SocketsHttpHandler { UseProxy: true } sockets => sockets.Proxy ?? HttpClient.DefaultProxy,
            HttpClientHandler { UseProxy: true } client => client.Proxy ?? HttpClient.DefaultProxy,
            _ => null,
        };
        return proxy is null || proxy.IsBypassed(address) || proxy.GetProxy(address) is not { } through || through == address ? null : through;
    }
}
