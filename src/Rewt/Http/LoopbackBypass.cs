using System.Net;

namespace Rewt.Internal;

/// <summary>
/// The web proxy of key downloads: the default proxy, except for this machine. Plain HTTP is allowed to loopback, and a proxy could replace what it
/// returns.
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
