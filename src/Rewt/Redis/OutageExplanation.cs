using System.Net;
using System.Net.Sockets;
using System.Text;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Explains in one sentence, with the solution, why Redis cannot be used. The explanation comes from the error code of the server, or from a separate
/// connection that queries the server. The messages of the client library are not sufficient: they contain no address, and recommend settings that
/// this library sets itself.
/// </summary>
internal static class OutageExplanation
{
    /// <summary>The placeholder for a password that is set, but that this library does not know.</summary>
    public const string UnknownPassword = "(set)";

    private static readonly byte[] Question = "PING\r\nINFO server\r\nINFO replication\r\n"u8.ToArray();

    /// <summary>Returns the explanation of an error from a server; <see langword="null"/> if there is none for its code.</summary>
    /// <param name="exception">The error.</param>
    /// <param name="rights">The command that prints the permissions that the login needs.</param>
    public static OutageReason? OfError(RedisServerException exception, string rights) => CodeOf(exception) switch
    {
        "EXECABORT" => new($"Redis rejected a transaction. Check the log of the server, the permissions of the login ('{rights}') and maxmemory."),
        "NOPERM" => new($"The Redis login is not permitted to run a required command (NOPERM). Give it the permissions that '{rights}' prints, or '--role verifier' for a service that only receives."),
        var code => OfCode(code),
    };

    private static OutageReason? OfCode(string code) => code switch
    {
        "NOAUTH" or "WRONGPASS" => new("Redis refused the login: the user or the password is missing or wrong. Correct user=...,password=... in the connection string.", OutageKind.Login),
        "READONLY" => new("The Redis server is a replica. Connect to the primary, or to Sentinel with serviceName=....", OutageKind.Replica),
        "LOADING" => new("Redis is loading its data after a start. Wait until it has finished."),
        "CLUSTERDOWN" => new("The Redis Cluster is down: no server answers for some of its slots. Repair the cluster ('redis-cli --cluster check')."),
        "MOVED" or "ASK" or "CROSSSLOT" => new("The server is a node of a Redis Cluster, but the connection treats it as a single server. Name several nodes in the connection string, without a proxy or twemproxy."),
        "OOM" => new("Redis has no memory left (maxmemory). Free memory, or raise the limit."),
        "MISCONF" => new("Redis accepts no writes, because it cannot save to its disk. Repair the disk."),
        "NOREPLICAS" => new("Redis accepts no writes, because too few replicas are connected (min-replicas-to-write). Repair the replicas."),
        "MASTERDOWN" => new("The Redis server is a replica without a primary. Repair the replication."),
        _ => null,
    };

    /// <summary>Returns the code of an error from a server. If a transaction was rejected, the code of its cause is returned.</summary>
    private static string CodeOf(RedisServerException exception) =>
        StoreFailure.Cause(exception) is not "EXECABORT" and var code ? code : CommandRefusal.Is(exception) ? "NOPERM" : exception.Message.Contains("OOM", StringComparison.Ordinal) ? "OOM" : "EXECABORT";

    /// <summary>Connects to the servers of a connection, queries them, and returns an explanation why the connection fails.</summary>
    /// <param name="connection">The configuration of the connection.</param>
    /// <param name="setting">The name of the setting that configures the connection.</param>
    /// <param name="failure">The exception that the client library threw.</param>
    /// <param name="known">The servers that the client library knew when the failure occurred.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static async Task<OutageReason> OfConnectionAsync(
        ConfigurationOptions connection, string setting, Exception failure, KnownServers known, CancellationToken cancellationToken)
    {
        if (connection.EndPoints.Count == 0) return new($"{setting} names no server; write host:port.");
        var reasons = (await Task.WhenAll(connection.EndPoints.Take(3).Select(ReasonAsync)).ConfigureAwait(false)).Distinct().ToList();
        return new(string.Join(' ', reasons.Select(reason => reason.Text)), reasons.TrueForAll(reason => reason.Kind == reasons[0].Kind) ? reasons[0].Kind : OutageKind.Other);

        async Task<OutageReason> ReasonAsync(EndPoint endPoint)
        {
            var server = ServerDiagnosis.Name(endPoint);
            var answer = await AskAsync(endPoint, Question, cancellationToken).ConfigureAwait(false);
            if (answer.Error is { } error) return OfSocket(error, server, setting);
            if (answer.Text is not { } text) return new($"{server} does not answer. Check that it is the address of Redis, and the network and firewall between.");
            if (known.LoggedIn.FirstOrDefault(one => one.EndPoint.Equals(endPoint)) is { } loggedIn) return OfRole(await RoleAsync(loggedIn).ConfigureAwait(false), server, failure, known);
            return failure.ToString().Contains("WRONGPASS", StringComparison.Ordinal) || await IsLoginRefusedAsync(endPoint, text, connection, cancellationToken).ConfigureAwait(false)
                ? new($"{server} refused the login: the user or the password is wrong. Correct user=...,password=... in {setting}.", OutageKind.Login)
                : OfAnswer(text, server, connection, setting, failure, known);
        }
    }

    private static OutageReason OfSocket(SocketError error, string server, string setting) => error is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain
        ? new($"The host of {server} is unknown: DNS has no address for it. Correct the host in {setting}.", OutageKind.UnknownHost)
        : new($"Nothing listens on {server} ({error}). Start Redis there, or correct host and port in {setting}.");

    private static OutageReason OfAnswer(string text, string server, ConfigurationOptions connection, string setting, Exception failure, KnownServers known)
    {
        var isPlain = text.StartsWith('+') || text.StartsWith('-');
        if (connection.Ssl && isPlain) return new($"{server} does not use TLS, but {setting} has ssl=true. Remove ssl=true, or use the TLS port of the server.");
        if (text.StartsWith("HTTP/", StringComparison.Ordinal)) return new($"{server} is an HTTP server, not Redis. Correct host and port in {setting}.");
        // Over TLS, only the client library can report that the login is missing.
        if (connection.Ssl && string.IsNullOrEmpty(connection.Password) && failure.ToString().Contains("NOAUTH", StringComparison.Ordinal)) return RequiresPassword(server, setting);
        if (connection.Ssl) return new($"The TLS connection to {server} fails. Its certificate must be trusted on this machine and contain the host name (sslHost=... names another one); a required client certificate belongs in RewtOptions.ConfigurationOptions.{(string.IsNullOrEmpty(connection.Password) ? string.Empty : " Also check the user and the password.")}");
        if (!isPlain) return new($"{server} does not answer in the protocol of Redis, so it probably requires TLS. Add ssl=true to {setting}, or correct the port.");

        if (text.StartsWith("-DENIED", StringComparison.Ordinal)) return new($"{server} is in protected mode, which refuses other machines. Set a password on the server, and password=... in {setting}.");
        if (text.StartsWith("-NOAUTH", StringComparison.Ordinal) && string.IsNullOrEmpty(connection.Password)) return RequiresPassword(server, setting);
        if (text.StartsWith("-NOAUTH", StringComparison.Ordinal) && connection.Password == UnknownPassword) return new($"{server} requires a login. Check the user and the password in {setting}, and the load of the server.", OutageKind.Login);
        if (text.StartsWith("-ERR max number of clients", StringComparison.Ordinal)) return new($"{server} accepts no further connections. Close connections that are not needed, or raise maxclients.");
        // The answer is for a connection without a login, so it says nothing about the permissions of the login.
        if (text[0] == '-' && !RequiresLogin(text) && OfCode(text[1..].Split(' ', 2)[0]) is { } reported) return reported;
        var isSentinel = text.Contains("redis_mode:sentinel", StringComparison.Ordinal);
        if (isSentinel && string.IsNullOrEmpty(connection.ServiceName)) return new($"{server} is a Sentinel, not Redis. Add serviceName=<the name of the primary> to {setting}.");
        if (isSentinel) return new($"The Sentinel {server} knows no primary {KeyMaterial.Shown(connection.ServiceName!)} that can be reached. Correct serviceName in {setting}, or repair the primary.");
        if (!string.IsNullOrEmpty(connection.ServiceName) && text.StartsWith('+')) return new($"{server} is not a Sentinel, but {setting} has serviceName. Remove serviceName, or name the port of Sentinel.");
        return OfRole(text, server, failure, known);
    }

    private static OutageReason RequiresPassword(string server, string setting) => new($"{server} requires a login. Add password=... (and user=...) to {setting}.", OutageKind.Login);

    private static OutageReason OfRole(string text, string server, Exception failure, KnownServers known) => text.Contains("role:slave", StringComparison.Ordinal)
        ? new($"{server} is a replica of {Value(text, "master_host")}:{Value(text, "master_port")}. Connect to the primary.", OutageKind.Replica)
        : known.LostNodes.Count > 0
        ? new($"{server} is a node of a Redis Cluster, but this service cannot reach all nodes that the cluster announces ({string.Join(", ", known.LostNodes.Take(3).Select(ServerDiagnosis.Name))}). Start the nodes, or correct cluster-announce-ip and cluster-announce-port. If the other nodes are sufficient, check the load of the servers ({StoreFailure.Cause(failure)}).")
        : new($"{server} answers, but the commands of Rewt fail ({StoreFailure.Cause(failure)}). Check the load of the server, and slow commands ('redis-cli SLOWLOG GET').");

    /// <summary>
    /// Returns the role of a server (primary or replica) that the server reports. If the server does not report a role, the role that the client
    /// library assumes is returned.
    /// </summary>
    private static async Task<string> RoleAsync(IServer server)
    {
        try
        {
            if (await ServerInfo.ReadAsync(server, "replication").WithinAsync(TimeLimit.Explanation, TimeProvider.System, CancellationToken.None).ConfigureAwait(false) is { } role) return role;
        }
        catch (Exception exception) when (exception is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException)
        {
            // The login may not use INFO, or the connection is gone meanwhile.
        }

        return server.IsReplica ? "role:slave" : string.Empty;
    }

    private static string Value(string text, string name) => ServerInfo.Field(text, name) is { } value ? UntrustedText.Escape(value, 64) : "?";

    /// <summary>
    /// Returns whether a server that requires a login refuses the login of the connection. The check is necessary, because the client library may report
    /// only that the time limit has passed. A connection that uses TLS is not checked, because the check would send the password in plain text.
    /// </summary>
    private static async Task<bool> IsLoginRefusedAsync(EndPoint endPoint, string text, ConfigurationOptions connection, CancellationToken cancellationToken)
    {
        if (!RequiresLogin(text) || connection.Ssl || connection.Password is not { Length: > 0 } password || password == UnknownPassword) return false;
        string[] words = string.IsNullOrEmpty(connection.User) ? ["AUTH", password] : ["AUTH", connection.User, password];
        var login = string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"));
        var answer = await AskAsync(endPoint, Encoding.UTF8.GetBytes($"*{words.Length}\r\n{login}QUIT\r\n"), cancellationToken).ConfigureAwait(false);
        return answer.Text is ['-', ..];
    }

    /// <summary>Returns whether a server answers only after a login: the default user is disabled, has a password or has no permissions.</summary>
    private static bool RequiresLogin(string text) => text.StartsWith("-NOAUTH", StringComparison.Ordinal) || text.StartsWith("-NOPERM", StringComparison.Ordinal);

    private static async Task<Answer> AskAsync(EndPoint server, byte[] question, CancellationToken cancellationToken)
    {
        // Sockets use real time, even if a test controls the clock.
        using var limit = new CancellationTokenSource(TimeLimit.Explanation, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var isConnected = false;
        try
        {
            using var socket = server.AddressFamily == AddressFamily.Unix ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server, both.Token).ConfigureAwait(false);
            isConnected = true;
            await socket.SendAsync(question, both.Token).ConfigureAwait(false);
            return new Answer(await ReadAsync(socket, both.Token).ConfigureAwait(false));
        }
        catch (SocketException exception)
        {
            // A server that closes the connection because of the question expects another protocol.
            return isConnected ? new Answer(string.Empty) : new Answer(null, exception.SocketErrorCode);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return default;
        }
    }

    /// <summary>Reads the replies of a server until they are complete, the server closes the connection, or a time limit is reached.</summary>
    private static async Task<string?> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        try
        {
            while (length < buffer.Length && await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                length += read;
                var text = Encoding.ASCII.GetString(buffer, 0, length);
                // A server with another protocol sends no more. In the answer of Redis, the replication role is the last part.
                if (text[0] is not ('+' or '-') || text[0] == '-' || text.Contains("master_replid:", StringComparison.Ordinal)) return text;
            }
        }
        catch (OperationCanceledException) when (length > 0)
        {
            // What has arrived is enough for an explanation.
        }

        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    /// <summary>The reply of a server that was queried in order to explain an outage.</summary>
    /// <param name="Text">The text of the reply. The text is empty if the server closed the connection, and <see langword="null"/> if the server did
    /// not answer.</param>
    /// <param name="Error">The error of the connection attempt; <see langword="null"/> if the connection was opened.</param>
    private readonly record struct Answer(string? Text, SocketError? Error = null);
}
