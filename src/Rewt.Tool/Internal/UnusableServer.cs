using System.Net;
using System.Net.Sockets;
using Rewt.Internal;
using StackExchange.Redis;

namespace Rewt.Tool;

/// <summary>
/// Explains why the tool cannot use a Redis server, after a command has failed and with one more connection attempt. The message never contains that of
/// a library, which may repeat a password.
/// </summary>
internal static class UnusableServer
{
    private const int LimitMilliseconds = 5000;

    private static readonly Failure BadLogin = new(
        ExitCode.BadLogin, "Redis refused the login: the user or the password is wrong or missing. Set user=...,password=... in --redis or REWT_REDIS.");

    /// <summary>Returns a more precise failure than <paramref name="failure"/> if the cause is found, otherwise <paramref name="failure"/>.</summary>
    public static async Task<Failure> ExplainAsync(Failure failure, string connectionString)
    {
        if (failure.ExitCode != ExitCode.Unreachable) return failure;
        try
        {
            // The client library's own key and channel are outside the namespace, where a login needs no rights.
            var configuration = ConfigurationOptions.Parse("tiebreaker=,configChannel=," + connectionString);
            if (await UnknownHostAsync(configuration.EndPoints) is { } host)
            {
                return new Failure(ExitCode.UnknownHost, $"The host name '{host}' in --redis or REWT_REDIS is unknown: DNS has no address for it.");
            }

            (configuration.AbortOnConnectFail, configuration.ConnectRetry, configuration.ConnectTimeout) = (true, 1, LimitMilliseconds);
            // The client library (3.x) counts INFO among the administrator commands.
            configuration.AllowAdmin = true;
            await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(configuration);
            var servers = multiplexer.GetServers().Where(server => server.IsConnected).ToList();
            return servers.Count > 0 && servers.TrueForAll(server => server.IsReplica) ? await ReplicaAsync(servers[0]) : failure;
        }
        catch (RedisConnectionException exception) when (IsLogin(exception))
        {
            return BadLogin;
        }
        catch (Exception exception) when (exception is RedisException or RedisCommandException or TimeoutException or ArgumentException)
        {
            return failure;
        }
    }

    private static bool IsLogin(RedisConnectionException exception) =>
        exception.FailureType == ConnectionFailureType.AuthenticationFailure
        || exception.ToString() is var text && (text.Contains("WRONGPASS", StringComparison.Ordinal) || text.Contains("NOAUTH", StringComparison.Ordinal));

    private static async Task<Failure> ReplicaAsync(IServer replica)
    {
        var lines = ((string?)await replica.ExecuteAsync("INFO", "replication") ?? string.Empty).Split("\r\n");
        var primary = $"{Value("master_host")}:{Value("master_port")}";
        return new Failure(ExitCode.Replica, $"The Redis server is a replica, and keys are read only from the primary. Specify the primary in --redis or REWT_REDIS; the replica follows {UntrustedText.Escape(primary)}.");

        string? Value(string name) => Array.Find(lines, line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..];
    }

    /// <summary>Returns a host name that DNS does not know, if DNS knows none of them.</summary>
    private static async Task<string?> UnknownHostAsync(EndPointCollection servers)
    {
        string? unknown = null;
        foreach (var server in servers)
        {
            if (server is not DnsEndPoint dns) return null;
            try
            {
                await Dns.GetHostAddressesAsync(dns.Host);
                return null;
            }
            catch (SocketException)
            {
                unknown = dns.Host;
            }
        }

        return unknown;
    }
}
