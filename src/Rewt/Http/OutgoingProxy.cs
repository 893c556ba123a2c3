namespace Rewt.Internal;

/// <summary>
/// Finds the web proxy that the primary handler of an HTTP client uses for an address. <see cref="OriginGuard"/> throws an exception if credentials
/// for this machine would be sent through a proxy without encryption.
/// </summary>
internal sealed class OutgoingProxy(HttpMessageHandler primary)
{
    /// <summary>Returns the proxy through which a request to the address is sent; <see langword="null"/> if the request is sent directly.</summary>
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
