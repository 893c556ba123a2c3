using System.Net;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The way to Redis: the application's own multiplexer, keyed by the namespace or unkeyed and never disposed here, else one of ours from
/// the connection string. Opened on first use, tried again until it is there.
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
    private long _lastAnswer;
    private bool _disposed;
    private bool _hasStarted;

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
            var database = await DatabaseAsync(cancellationToken).ConfigureAwait(false);
            await _primary.RunAsync(database.Multiplexer, CommandLimit, cancellationToken).ConfigureAwait(false);
            var answer = await ask(database).ConfigureAwait(false);
            Answered();
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
        if (Shared() is { } shared) return shared;

        // The library's own housekeeping key and channel lie outside the namespace, where a service needs no rights; a string may name them.
        var configuration = ConfigurationOptions.Parse("tiebreaker=,configChannel=," + options.Redis);
        // An attempt that failed is over and done with, and the next read makes another.
        configuration.AbortOnConnectFail = true;
        // The doctor asks CONFIG, which client library 3.x counts among the commands of administrators.
        configuration.AllowAdmin = true;
        // Scripts publish without it, and every service of the namespace is to hear every other.
        configuration.ChannelPrefix = default;
        configuration.ConnectRetry = 1;
        // With several servers the library waits for all of them: one that is dead must leave time to use the others.
        var connecting = configuration.EndPoints.Count > 1 ? Limits.Connect * 0.75 : LongestConnecting;
        configuration.ConnectTimeout = Math.Min(configuration.ConnectTimeout, (int)connecting.TotalMilliseconds);
        configuration.ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds);
        var own = await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);
        Answered();
        lock (_gate)
        {
            if (!_disposed) return _own = own;
        }

        await own.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        throw new ObjectDisposedException(nameof(RedisConnection));
    }

    private IConnectionMultiplexer? Shared() =>
        (services as IKeyedServiceProvider)?.GetKeyedService(typeof(IConnectionMultiplexer), options.Namespace) as IConnectionMultiplexer
        ?? services.GetService<IConnectionMultiplexer>();
}
