using System.Net;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The connection to Redis from its <see cref="RedisSource"/>: a multiplexer of the application, which is never disposed here, or one of ours.
/// Opened on first use, tried again until it is there, and asked for again when the application has disposed its own.
/// </summary>
internal sealed class RedisConnection(IServiceProvider services, RewtOptions options, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(3);

    /// <summary>How long a start takes at most.</summary>
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(15);

    /// <summary>How often the client library tries to connect again; left alone it would wait five seconds.</summary>
    private const int ReconnectMilliseconds = 250;

    /// <summary>A little longer than anybody waits for it: a connection that comes late serves the next one who asks.</summary>
    private TimeSpan LongestConnecting => Limits.Connect * 1.5;

    private readonly PrimaryCheck _primary = new(time);
    private readonly Lock _gate = new();
    private readonly long _created = time.GetTimestamp();
    private Task<IConnectionMultiplexer>? _opening;
    private ConnectionMultiplexer? _own;
    private IConnectionMultiplexer? _shared;
    private long _lastAnswer;
    private bool _disposed;
    private bool _hasStarted;
    private bool _isReplaced;

    /// <summary>Subscribes again; called when another multiplexer has taken the place of the one with the subscription.</summary>
    public Func<CancellationToken, Task>? Resubscribe { private get; set; }

    /// <summary>The time limit of one command or transaction.</summary>
    public TimeSpan CommandLimit => Limits.Command;

    private (TimeSpan Connect, TimeSpan Command) Limits =>
        !Volatile.Read(ref _hasStarted) && time.GetElapsedTime(_created) < Start ? TimeLimit.AtStart : TimeLimit.Usual;

    /// <summary>Ends the start: there are keys to go on with, so an outage is to be noticed before requests wait for it.</summary>
    public void Started() => Volatile.Write(ref _hasStarted, true);

    /// <summary>Asks Redis, and takes note of whether it answered: an error is an answer too.</summary>
    public async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AskCurrentAsync(ask, cancellationToken).ConfigureAwait(false);
            Answered();
            if (Volatile.Read(ref _isReplaced)) await ResubscribeAsync(cancellationToken).ConfigureAwait(false);
            return answer;
        }
        catch (RedisServerException exception)
        {
            Answered();
            if (CommandRefusal.WithoutArguments(exception) is { } harmless) throw harmless;
            throw;
        }
        catch (Exception exception) when (exception is TimeoutException or RedisConnectionException)
        {
            Failed();
            throw;
        }
    }

    /// <summary>Asks the servers anew whether there is one primary, for a reading that a second primary would explain and for a write that it would lose.</summary>
    /// <exception cref="RedisConnectionException">More than one server is a primary.</exception>
    public Task ConfirmPrimaryAsync(IDatabase database, CancellationToken cancellationToken) =>
        _primary.ConfirmAsync(database.Multiplexer, CommandLimit, cancellationToken);

    /// <summary>Asks Redis for something without a result, and takes note of whether it answered.</summary>
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

    /// <summary>Where the servers are, and whether the way there is encrypted.</summary>
    public async Task<(IReadOnlyList<EndPoint> Servers, bool IsEncrypted)> WayAsync(CancellationToken cancellationToken)
    {
        var multiplexer = await MultiplexerAsync(cancellationToken).ConfigureAwait(false);
        return (multiplexer.GetEndPoints(configuredOnly: true), multiplexer.Configuration.Contains("ssl=True", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Asks once more where the application has disposed its multiplexer, as it does when it reconnects, and has another in its place.</summary>
    private async Task<T> AskCurrentAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken)
    {
        var multiplexer = await MultiplexerAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await AskAsync(multiplexer, ask, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException) when (Forget(multiplexer))
        {
            multiplexer = await MultiplexerAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await AskAsync(multiplexer, ask, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException exception) when (Forget(multiplexer))
        {
            throw new RedisConnectionException(ConnectionFailureType.ConnectionDisposed, "The application's IConnectionMultiplexer is disposed and no other has taken its place.", exception);
        }
    }

    private async Task<T> AskAsync<T>(IConnectionMultiplexer multiplexer, Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken)
    {
        await _primary.RunAsync(multiplexer, CommandLimit, cancellationToken).ConfigureAwait(false);
        return await ask(multiplexer.GetDatabase()).ConfigureAwait(false);
    }

    /// <returns>Whether to ask for a multiplexer again: not after this connection itself has been disposed.</returns>
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

    /// <summary>What fails is tried again after the next answer.</summary>
    private async Task ResubscribeAsync(CancellationToken cancellationToken)
    {
        if (!Interlocked.Exchange(ref _isReplaced, false) || Resubscribe is not { } resubscribe) return;

        try
        {
            await resubscribe(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or RedisException or InvalidOperationException)
        {
            Volatile.Write(ref _isReplaced, true);
        }
    }

    private void Answered() => Volatile.Write(ref _lastAnswer, time.GetTimestamp());

    /// <summary>
    /// A call failed or got no answer in time. A connection whose other end is gone without a word is found out by nobody else: the client
    /// library would wait for the operating system to give up, so one of our own is replaced.
    /// </summary>
    private void Failed()
    {
        lock (_gate)
        {
            if (_own is not { } dead || time.GetElapsedTime(Volatile.Read(ref _lastAnswer)) < LongestSilence) return;
            _own = null;
            _opening = null;
            Task.Run(() => dead.CloseAsync(allowCommandsToComplete: false)).Abandon();
        }
    }

    public async ValueTask DisposeAsync()
    {
        ConnectionMultiplexer? own;
        lock (_gate) (own, _disposed) = (_own, true);
        if (own is not null) await own.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
    }

    private Task<IConnectionMultiplexer> MultiplexerAsync(CancellationToken cancellationToken)
    {
        Task<IConnectionMultiplexer> opening;
        lock (_gate)
        {
            if (_opening is null or { IsFaulted: true } or { IsCanceled: true })
            {
                // On the pool: the application's factory may connect synchronously.
                _opening = Task.Run(OpenAsync, CancellationToken.None);
            }

            opening = _opening;
        }

        return opening.IsCompletedSuccessfully ? opening : opening.WithinAsync(Limits.Connect, time, cancellationToken);
    }

    private async Task<IConnectionMultiplexer> OpenAsync()
    {
        if (await SharedAsync().ConfigureAwait(false) is { } shared)
        {
            lock (_gate) return _shared = shared;
        }

        var own = await ConnectionMultiplexer.ConnectAsync(Configuration()).ConfigureAwait(false);
        Answered();
        lock (_gate)
        {
            if (!_disposed) return _own = own;
        }

        await own.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        throw new ObjectDisposedException(nameof(RedisConnection));
    }

    /// <summary>The application's multiplexer, where the connection is not one of ours.</summary>
    private async Task<IConnectionMultiplexer?> SharedAsync() => RedisSources.Of(services, options) switch
    {
        RedisSource.Factory => await options.ConnectionMultiplexerFactory!().ConfigureAwait(false)
            ?? throw new InvalidOperationException($"{nameof(RewtOptions)}.{nameof(RewtOptions.ConnectionMultiplexerFactory)} returned no connection."),
        RedisSource.KeyedMultiplexer => services.GetRequiredKeyedService<IConnectionMultiplexer>(options.Namespace),
        RedisSource.Multiplexer => services.GetRequiredService<IConnectionMultiplexer>(),
        _ => null,
    };

    private ConfigurationOptions Configuration()
    {
        var configuration = options.ConfigurationOptions?.Clone() ?? ConfigurationOptions.Parse(options.Redis!);
        // The library's own housekeeping key and channel lie outside the namespace, where a service needs no rights; other names are the application's choice.
        var usual = new ConfigurationOptions();
        if (configuration.TieBreaker == usual.TieBreaker) configuration.TieBreaker = string.Empty;
        if (configuration.ConfigurationChannel == usual.ConfigurationChannel) configuration.ConfigurationChannel = string.Empty;
        // An attempt that failed is over and done with, and the next read makes another.
        configuration.AbortOnConnectFail = true;
        // The doctor asks CONFIG, which client library 3.x counts among the commands of administrators.
        configuration.AllowAdmin = true;
        // Scripts publish without it, and every service of the namespace is to receive the messages of every other.
        configuration.ChannelPrefix = default;
        configuration.ConnectRetry = 1;
        // With several servers the library waits for all of them: one that is dead must leave time to use the others.
        var connecting = configuration.EndPoints.Count > 1 ? Limits.Connect * 0.75 : LongestConnecting;
        configuration.ConnectTimeout = Math.Min(configuration.ConnectTimeout, (int)connecting.TotalMilliseconds);
        configuration.ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds);
        return configuration;
    }
}
