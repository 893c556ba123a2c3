using System.Net;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The connection of one store to Redis. The class executes commands, reconnects after failures, and adds an explanation to exceptions. The class
/// uses a multiplexer of the application, which it never disposes, or opens a multiplexer of its own (<see cref="RedisSource"/>).
/// </summary>
/// <param name="services">The services of the application, which may contain a multiplexer.</param>
/// <param name="options">The settings of the namespace.</param>
/// <param name="time">The clock of this instance.</param>
/// <param name="keys">The kind of keys for which the login needs permissions. Default: the kind of the settings.</param>
internal sealed class RedisConnection(IServiceProvider services, RewtOptions options, TimeProvider time, KeyMode? keys = null) : IAsyncDisposable
{
    private static readonly TimeSpan ExplanationInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(3);

    /// <summary>The longest time after a start or a pause of the process for which the limits of <see cref="TimeLimit.AtStart"/> apply.</summary>
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The longest time that a connection may take to open. After this time, a second attempt begins, because the first attempt may never end.
    /// </summary>
    private static readonly TimeSpan LongestOpening = TimeSpan.FromSeconds(15);

    /// <summary>The time between two attempts of the client library to reconnect. The default of the client library is five seconds.</summary>
    private const int ReconnectMilliseconds = 250;

    /// <summary>
    /// The longest duration of an attempt to connect. An attempt may take longer than callers wait for it, so that a later caller can use a connection
    /// that opens late.
    /// </summary>
    private TimeSpan LongestConnecting => Limits.Connect * 1.5;

    private readonly PrimaryCheck _primary = new(time);
    private readonly Lock _gate = new();
    private Task<IConnectionMultiplexer>? _opening;
    private long _openedAt;
    private int _attempts;
    private ConnectionMultiplexer? _own;
    private IConnectionMultiplexer? _shared;
    private Answer? _lastAnswer;
    private Task<OutageReason?>? _explaining;
    private long _explainedAt;
    private bool _disposed;
    private long _startedAt = time.GetTimestamp();
    private bool _hasStarted;
    private bool _isReplaced;
    private Task _closing = Task.CompletedTask;

    /// <summary>
    /// A delegate that subscribes again. The delegate is called after the multiplexer with the subscription was replaced by another multiplexer.
    /// </summary>
    public Func<CancellationToken, Task>? Resubscribe { private get; set; }

    /// <summary>The command of the tool that prints the permissions that the login needs.</summary>
    public string Rights => RightsCommand.Of(options, keys ?? options.EffectiveKeyMode);

    /// <summary>The time limit of one command or transaction.</summary>
    public TimeSpan CommandLimit => Limits.Command;

    public TimeProvider Time => time;

    private (TimeSpan Connect, TimeSpan Command) Limits =>
        !Volatile.Read(ref _hasStarted) && time.GetElapsedTime(Volatile.Read(ref _startedAt)) < Start ? TimeLimit.AtStart : TimeLimit.Usual;

    /// <summary>
    /// Replaces the longer time limits of the start with the usual limits. The method is called after a command has succeeded. From then on, an outage
    /// must be detected quickly, so that requests do not wait.
    /// </summary>
    public void Started() => Volatile.Write(ref _hasStarted, true);

    /// <summary>
    /// Applies the longer time limits of the start again until a command has succeeded. The method is called after a pause of the process, for example of
    /// its container.
    /// </summary>
    public void OnResumed()
    {
        Volatile.Write(ref _startedAt, time.GetTimestamp());
        Volatile.Write(ref _hasStarted, false);
    }

    /// <summary>Executes commands, and records whether Redis answered. An error from the server counts as an answer.</summary>
    public async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AskCurrentAsync(ask, cancellationToken).ConfigureAwait(false);
            Answered();
            if (Volatile.Read(ref _isReplaced)) await ResubscribeAsync().ConfigureAwait(false);
            return answer;
        }
        catch (RedisServerException exception)
        {
            Answered();
            if (exception.Message.Contains("READONLY", StringComparison.Ordinal)) Demoted();
            var shown = CommandRefusal.Printable(exception);
            StoreFailure.Explain(shown ?? exception, OutageExplanation.OfError(exception, Rights));
            WriteOutcome.Refused(exception, shown ?? exception);
            if (shown is not null) throw shown;
            throw;
        }
        catch (Exception exception) when (exception is TimeoutException or RedisConnectionException)
        {
            var known = Known();
            Failed();
            var shown = CommandRefusal.Printable(exception);
            StoreFailure.Explain(shown ?? exception, StoreFailure.ReasonOf(exception) ?? await ReasonAsync(exception, known, cancellationToken).ConfigureAwait(false));
            if (shown is not null) throw shown;
            throw;
        }
    }

    /// <summary>
    /// Checks that there is only one primary. The check is made before a write, because a second primary would lose the write. The check is also made
    /// after a read whose result may come from a second primary.
    /// </summary>
    /// <exception cref="RedisConnectionException">More than one server is a primary.</exception>
    public Task ConfirmPrimaryAsync(IDatabase database, CancellationToken cancellationToken) =>
        _primary.ConfirmAsync(database.Multiplexer, CommandLimit, cancellationToken);

    /// <summary>Executes commands without a result, and records whether Redis answered.</summary>
    public Task AskAsync(Func<IDatabase, Task> ask, CancellationToken cancellationToken) => AskAsync(
        async database =>
        {
            await ask(database).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    public async Task<IDatabase> DatabaseAsync(CancellationToken cancellationToken) =>
        (await MultiplexerAsync(cancellationToken).ConfigureAwait(false)).GetDatabase();

    public async Task<ISubscriber> SubscriberAsync(CancellationToken cancellationToken) =>
        (await MultiplexerAsync(cancellationToken).ConfigureAwait(false)).GetSubscriber();

    /// <summary>Returns the addresses of the servers, whether the connection is encrypted, and the name of the Redis user.</summary>
    public async Task<(IReadOnlyList<EndPoint> Servers, bool IsEncrypted, string User)> ServersAsync(CancellationToken cancellationToken)
    {
        var multiplexer = await MultiplexerAsync(cancellationToken).ConfigureAwait(false);
        var description = Describe(multiplexer);
        return (description.EndPoints, description.Ssl, description.User ?? "default");
    }

    /// <summary>Executes a transaction that has no conditions.</summary>
    public async Task TransactAsync(IDatabase database, RedisKey key, Action<ITransaction> fill, CancellationToken cancellationToken)
    {
        await database.UntilConnectedAsync(key, CommandLimit, time, cancellationToken).ConfigureAwait(false);
        if (!await TransactConnectedAsync(database, fill, CommandLimit, cancellationToken).ConfigureAwait(false)) throw new InvalidOperationException("Redis rejected a transaction.");
    }

    /// <summary>Executes a transaction with conditions as soon as the primary that stores a key is connected.</summary>
    /// <returns><see langword="true"/> if the conditions of the transaction were met; otherwise <see langword="false"/>.</returns>
    public async Task<bool> TryTransactAsync(IDatabase database, RedisKey key, Action<ITransaction> fill, TimeSpan limit, CancellationToken cancellationToken)
    {
        await database.UntilConnectedAsync(key, limit, time, cancellationToken).ConfigureAwait(false);
        // This command fails if the login may not run WATCH. The client library ignores such a refusal, and would execute the transaction even if a condition
        // is no longer met.
        await database.ExecuteAsync("WATCH", [key], CommandFlags.DemandMaster).WithinAsync(limit, time, cancellationToken).ConfigureAwait(false);
        return await TransactConnectedAsync(database, fill, limit, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> TransactConnectedAsync(IDatabase database, Action<ITransaction> fill, TimeSpan limit, CancellationToken cancellationToken)
    {
        var transaction = database.CreateTransaction();
        fill(transaction);
        return await transaction.ExecuteAsync(CommandFlags.DemandMaster).WithinAsync(limit, time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Executes commands. If the application has disposed its multiplexer and provides another one, the commands are executed once more.
    /// </summary>
    private async Task<T> AskCurrentAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken)
    {
        for (var isRepeated = false; ; isRepeated = true)
        {
            var multiplexer = await MultiplexerAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await AskAsync(multiplexer, ask, cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectDisposedException exception) when (Forget(multiplexer))
            {
                if (isRepeated) throw StoreFailure.Explained(new RedisConnectionException(ConnectionFailureType.ConnectionDisposed, "The IConnectionMultiplexer of the application is disposed, and no other is registered.", exception));
            }
        }
    }

    private async Task<T> AskAsync<T>(IConnectionMultiplexer multiplexer, Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken)
    {
        await _primary.RunAsync(multiplexer, CommandLimit, cancellationToken).ConfigureAwait(false);
        return await ask(multiplexer.GetDatabase()).ConfigureAwait(false);
    }

    /// <returns><see langword="true"/> if a multiplexer must be requested again; <see langword="false"/> if this connection itself is
    /// disposed.</returns>
    private bool Forget(IConnectionMultiplexer disposed)
    {
        lock (_gate)
        {
            if (_disposed) return false;
            if (ReferenceEquals(_shared, disposed)) (_opening, _shared) = (null, null);
            Volatile.Write(ref _isReplaced, true);
            return true;
        }
    }

    /// <summary>Restores the subscription. If this fails, another attempt is made after the next answer of Redis.</summary>
    private async Task ResubscribeAsync()
    {
        if (!Interlocked.Exchange(ref _isReplaced, false) || Resubscribe is not { } resubscribe) return;

        try
        {
            // The subscription serves the whole process, so the caller whose command succeeded does not cancel it.
            await resubscribe(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            Volatile.Write(ref _isReplaced, true);
        }
    }

    private KnownServers Known()
    {
        lock (_gate) return (_own ?? _shared) is { } multiplexer ? KnownServers.Of(multiplexer) : KnownServers.None;
    }

    private void Answered()
    {
        Volatile.Write(ref _lastAnswer, new Answer(ClockReading.Now(time)));
        Volatile.Write(ref _explaining, null);
    }

    /// <summary>
    /// Returns the explanation of an outage; <see langword="null"/> if it is not found in time. All failures within half a minute share one explanation, so that requests do not wait for a new explanation
    /// after each failure.
    /// </summary>
    private async Task<OutageReason?> ReasonAsync(Exception failure, KnownServers known, CancellationToken cancellationToken)
    {
        Task<OutageReason?> explaining;
        lock (_gate)
        {
            if (Volatile.Read(ref _explaining) is { } current && time.GetElapsedTime(_explainedAt) <= ExplanationInterval) explaining = current;
            else (_explaining, _explainedAt) = (explaining = Task.Run(() => ExplainAsync(failure, known), CancellationToken.None), time.GetTimestamp());
        }

        try
        {
            // Requests wait for the end of the failed read, and the resolution of a host name can take many seconds.
            return await explaining.WaitAsync(TimeLimit.Explanation * 2, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>
    /// Returns the explanation of a failure; <see langword="null"/> if no explanation can be found. An error during the search for the explanation is
    /// ignored, so that it does not hide the failure.
    /// </summary>
    private async Task<OutageReason?> ExplainAsync(Exception failure, KnownServers known)
    {
        try
        {
            return await ExplainSourceAsync(failure, known).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null;
        }
    }

    private async Task<OutageReason?> ExplainSourceAsync(Exception failure, KnownServers known)
    {
        var source = RedisSourceSelector.Of(services, options);
        ConfigurationOptions connection;
        if (source is RedisSource.ConfigurationOptions or RedisSource.Redis or RedisSource.ConnectionStrings) connection = RedisSourceSelector.Configuration(options);
        else if (_shared is { } shared) connection = Describe(shared);
        else return null;

        connection.SetDefaultPorts();
        return await OutageExplanation.OfConnectionAsync(connection, RedisSourceSelector.NameOf(source, options), failure, known, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>
    /// Returns the configuration of a multiplexer. The configuration text is not parsed as a whole, because a part of a password with a comma would be
    /// read as an address. The name of the user can be read, because it is before the password in the text.
    /// </summary>
    private static ConfigurationOptions Describe(IConnectionMultiplexer multiplexer)
    {
        var text = multiplexer.Configuration;
        var description = new ConfigurationOptions
        {
            Ssl = Has("ssl=True"),
            User = Array.Find(text.Split(",password=", 2)[0].Split(','), part => part.StartsWith("user=", StringComparison.Ordinal))?["user=".Length..],
            Password = Has("password=") ? OutageExplanation.UnknownPassword : null,
            ServiceName = Has("serviceName=") ? "(set)" : null,
        };
        foreach (var server in multiplexer.GetEndPoints(configuredOnly: true)) description.EndPoints.Add(server);
        return description;

        bool Has(string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Handles a command that failed or was not answered. A multiplexer of this library is replaced, because the client library detects some lost
    /// connections only when the operating system does.
    /// </summary>
    private void Failed()
    {
        lock (_gate)
        {
            if (Volatile.Read(ref _lastAnswer) is not { } last || last.At.Elapsed(time) >= LongestSilence) Replace();
        }
    }

    /// <summary>
    /// Handles an answer that shows that a failover has made the server a replica. A multiplexer of this library is replaced, because the host name may
    /// already resolve to the address of the new primary. The client library resolves a host name only when it connects, and checks the role of a server
    /// only once a minute.
    /// </summary>
    private void Demoted()
    {
        lock (_gate) Replace();
    }

    private void Replace()
    {
        if (_own is not { } dead) return;
        _own = null;
        _opening = null;
        // Other stores on this connection must not lose their pushes.
        Volatile.Write(ref _isReplaced, true);
        _closing = Task.WhenAll(_closing, Task.Run(() => CloseAsync(dead)));
    }

    public async ValueTask DisposeAsync()
    {
        ConnectionMultiplexer? own;
        Task closing;
        lock (_gate) (own, closing, _disposed) = (_own, _closing, true);
        if (own is not null) await CloseAsync(own).ConfigureAwait(false);
        await closing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// Closes a multiplexer at once. The multiplexer is also disposed, because only a disposal closes its connection to the Sentinel servers.
    /// </summary>
    private static async Task CloseAsync(ConnectionMultiplexer multiplexer)
    {
        await multiplexer.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        await multiplexer.DisposeAsync().ConfigureAwait(false);
    }

    private Task<IConnectionMultiplexer> MultiplexerAsync(CancellationToken cancellationToken)
    {
        Task<IConnectionMultiplexer> opening;
        lock (_gate)
        {
            // Only one more attempt, because each may block a thread for ever.
            var isAbandoned = _opening is { IsCompleted: false } && _attempts < 2 && time.GetElapsedTime(_openedAt) >= LongestOpening;
            if (isAbandoned || _opening is null or { IsFaulted: true } or { IsCanceled: true })
            {
                (_openedAt, _attempts) = (time.GetTimestamp(), _attempts + 1);
                // A connection outlives the request that may have opened it, and is no part of that request's trace.
                using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
                // On the thread pool, because the application's factory may connect synchronously.
                _opening = Task.Run(OpenAsync, CancellationToken.None);
            }

            opening = _opening;
        }

        return opening.IsCompletedSuccessfully ? opening : opening.WithinAsync(Limits.Connect, time, cancellationToken);
    }

    /// <summary>Opens the connection. If two attempts are in progress, the first that succeeds is used.</summary>
    private async Task<IConnectionMultiplexer> OpenAsync()
    {
        try
        {
            if (await SharedAsync().ConfigureAwait(false) is { } shared) return Use(shared, null)!;

            var own = await ConnectAsync(Configuration()).ConfigureAwait(false);
            Answered();
            var used = Use(own, own);
            if (!ReferenceEquals(used, own)) await CloseAsync(own).ConfigureAwait(false);
            return used ?? throw new ObjectDisposedException(nameof(RedisConnection));
        }
        finally
        {
            lock (_gate) _attempts--;
        }
    }

    /// <summary>
    /// Uses an opened multiplexer, unless another attempt has succeeded before. Returns the multiplexer in use; <see langword="null"/> if this object is
    /// disposed and has opened the multiplexer itself.
    /// </summary>
    private IConnectionMultiplexer? Use(IConnectionMultiplexer opened, ConnectionMultiplexer? own)
    {
        lock (_gate)
        {
            if (own is not null && _disposed) return null;
            if (_opening is { IsCompletedSuccessfully: true }) return _own ?? _shared;

            if (own is null) _shared = opened;
            else _own = own;
            _opening = Task.FromResult(opened);
            return opened;
        }
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration)
    {
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);
        }
        catch (RedisConnectionException exception)
        {
            if (CommandRefusal.Printable(exception) is { } printable) throw printable;
            throw;
        }
    }

    /// <summary>Returns the multiplexer of the application; <see langword="null"/> if this library opens a multiplexer of its own.</summary>
    private async Task<IConnectionMultiplexer?> SharedAsync() => RedisSourceSelector.Of(services, options) switch
    {
        RedisSource.Factory => await options.ConnectionMultiplexerFactory!().ConfigureAwait(false)
            ?? throw new InvalidOperationException($"{nameof(RewtOptions)}.{nameof(RewtOptions.ConnectionMultiplexerFactory)} returned no connection."),
        RedisSource.KeyedMultiplexer => services.GetRequiredKeyedService<IConnectionMultiplexer>(options.Namespace),
        RedisSource.Multiplexer => services.GetRequiredService<IConnectionMultiplexer>(),
        _ => null,
    };

    private ConfigurationOptions Configuration()
    {
        var configuration = RedisSourceSelector.Configuration(options);
        // The client library's own tie-breaker key and channel are outside the namespace, where a service needs no permissions. Other names are the
        // application's choice.
        var usual = new ConfigurationOptions();
        if (configuration.TieBreaker == usual.TieBreaker) configuration.TieBreaker = string.Empty;
        if (configuration.ConfigurationChannel == usual.ConfigurationChannel) configuration.ConfigurationChannel = string.Empty;
        // A failed attempt ends at once; the next read starts another.
        configuration.AbortOnConnectFail = true;
        // The diagnostics use CONFIG, which client library 3.x treats as an admin command.
        configuration.AllowAdmin = true;
        // Scripts publish without a prefix, and every service of the namespace must receive all messages.
        configuration.ChannelPrefix = default;
        configuration.ConnectRetry = 1;
        // With several servers, the library waits for all of them. An unreachable one must leave time to use the others.
        var connecting = configuration.EndPoints.Count > 1 ? Limits.Connect * 0.75 : LongestConnecting;
        configuration.ConnectTimeout = Math.Min(configuration.ConnectTimeout, (int)connecting.TotalMilliseconds);
        configuration.ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds);
        return configuration;
    }

    /// <summary>The time of an answer from Redis, by both clocks. After a suspension of the machine, the monotonic clock alone would be too early.</summary>
    private sealed record Answer(ClockReading At);
}
