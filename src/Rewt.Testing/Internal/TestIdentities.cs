using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// The table of the identities that tests have given to their <c>HttpClient</c> objects, by random ids. A request contains only such an id, which is
/// valid only if code in the host's own process has given it; no caller of a deployed service can do that.
/// </summary>
internal static class TestIdentities
{
    public const string Header = "Rewt-Test-Identity";

    private static readonly ConditionalWeakTable<HttpClient, TestIdentity> Clients = [];

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public static void Give(HttpClient client, TestIdentity identity)
    {
        Clients.AddOrUpdate(client, identity);
        client.DefaultRequestHeaders.Remove(Header);
        client.DefaultRequestHeaders.Add(Header, identity.Id);
    }

    public static TestIdentity? Find(string id) =>
        Clients.FirstOrDefault(client => client.Value.Id == id).Value;
}
