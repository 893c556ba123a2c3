using System.Net;

namespace Rewt.Internal;

/// <summary>
/// The web proxy for downloads of keys. The default proxy of .NET is used, except for addresses of this machine. Keys may be downloaded from these
/// addresses over plain HTTP, so a proxy could replace the keys.
/// </summary>
internal sealed class LoopbackBypass : IWebProxy
{
    public ICredentials? Credentials
    {
        get => HttpClient.DefaultProxy.Credentials;
        set => throw new NotSupportedException();
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : HttpClient.DefaultProxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => Loopback.IsLoopback(host.IdnHost) || HttpClient.DefaultProxy.IsBypassed(host);
}
