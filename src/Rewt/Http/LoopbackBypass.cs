using System.Net;

namespace Rewt.Internal;

/// <summary>
/// The web proxy for downloads of keys: the default proxy of .NET, but no proxy for addresses of this machine. Plain HTTP is allowed for these
/// addresses, so a proxy could replace the downloaded keys.
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
