namespace Rewt.Tests.Infrastructure;

/// <summary>
/// Restricts the ACL rules of a real server. The rules are those of the default user, because the oldest supported client library has no user names.
/// An existing connection keeps its permissions.
/// </summary>
internal static class Acl
{
    /// <summary>Returns the ACL rules that docs/redis.md recommends for a service.</summary>
    public static async Task<string[]> DocumentedAsync()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(RepositoryRoot.Path, "docs", "redis.md"), Cancellation);
        return page.Single(line => line.StartsWith("~rewt:", StringComparison.Ordinal)).Split(' ');
    }

    /// <summary>Replaces the rules of the default user and clears the ACL log.</summary>
    public static async Task RestrictAsync(this RespClient operations, params string[] rules)
    {
        await operations.CommandAsync(["ACL", "SETUSER", "default", "resetkeys", "resetchannels", "nocommands", "+acl", .. rules]);
        await operations.CommandAsync("ACL", "LOG", "RESET");
    }

    /// <summary>Returns the entries of the ACL log: the denied commands and their clients.</summary>
    public static async Task<IEnumerable<string>> DenialsAsync(this RespClient operations) =>
        ((object?[])(await operations.CommandAsync("ACL", "LOG"))!).Select(entry => string.Join(' ', (object?[])entry!));
}
