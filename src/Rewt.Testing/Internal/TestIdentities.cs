using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// The identities that tests have assigned to their <c>HttpClient</c> objects, by random ids. A request contains only the id. An id is valid only in
/// the process in which it was assigned, so a caller in another process cannot use this mechanism.
/// </summary>
internal static class TestIdentities
{
    public const string Header = "Rewt-Test-Identity";

    private static readonly ConditionalWeakTable<HttpClient, TestIdentity> Clients = [];

    public static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    public static void Give(HttpClient client, TestIdentity identity)
    {
        Clients.AddOrUpdate(client, identity);
        client.DefaultRequestHeaders.Remove(Header);
        client.DefaultRequestHeaders.Add(Header, identity.Id);
    }

    public static TestIdentity? Find(string id) =>
        Clients.FirstOrDefault(client => client.Value.Id == id).Value;
}
