using System.Net;

namespace Rewt.Internal;

/// <summary>
/// The web proxy setting of key downloads: the default proxy of .NET, but none for addresses of this machine. Plain HTTP is allowed to them, and a
/// proxy could replace the keys that they return.
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
