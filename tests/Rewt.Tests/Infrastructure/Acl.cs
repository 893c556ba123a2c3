namespace Rewt.Tests.Infrastructure;

/// <summary>
/// The rights of a login on a real server. The client library at its oldest knows no user names, so the rules are the default user's; a connection that is there
/// already keeps its rights.
/// </summary>
internal static class Acl
{
    /// <summary>The rights that docs/redis.md gives a service.</summary>
    public static async Task<string[]> DocumentedAsync()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(RepositoryRoot.Path, "docs", "redis.md"), Cancellation);
        return page.Single(line => line.StartsWith("~rewt:", StringComparison.Ordinal)).Split(' ');
    }

    /// <summary>From here on every login has these rules and no others.</summary>
    public static async Task RestrictAsync(this RespClient operations, params string[] rules)
    {
        await operations.CommandAsync(["ACL", "SETUSER", "default", "resetkeys", "resetchannels", "nocommands", "+acl", .. rules]);
        await operations.CommandAsync("ACL", "LOG", "RESET");
    }

    /// <summary>What the server denied, an entry each, with the client that asked.</summary>
    public static async Task<IEnumerable<string>> DenialsAsync(this RespClient operations) =>
        ((object?[])(await operations.CommandAsync("ACL", "LOG"))!).Select(entry => string.Join(' ', (object?[])entry!));
}
