using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>The channel on which instances tell each other to look: a hint, which may come twice, late or not at all.</summary>
internal sealed class HintChannel(RedisConnection connection, string channel, string message, TimeProvider time) : IAsyncDisposable
{
    private ISubscriber? _subscriber;
    private Action<RedisChannel, RedisValue>? _onMessage;

    public string Channel => channel;

    public string Message => message;

    private RedisChannel Literal => new(channel, RedisChannel.PatternMode.Literal);

    /// <summary>Publishes under the channel's own name, and under the one that a client with a channel prefix subscribes to.</summary>
    public void Publish(IDatabase database)
    {
        database.PublishAsync(Literal, message).Abandon();
        if (HasPrefix(database)) database.ExecuteAsync("PUBLISH", channel, message).Abandon();
    }

    /// <summary>What a script has published under the channel's own name is published for clients with the same channel prefix too.</summary>
    public void PublishToPrefix(IDatabase database)
    {
        if (HasPrefix(database)) database.PublishAsync(Literal, message).Abandon();
    }

    private static bool HasPrefix(IDatabase database) => database.Multiplexer.Configuration.Contains("channelPrefix=", StringComparison.OrdinalIgnoreCase);

    /// <param name="look">What to do with a message: it may be anything.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task SubscribeAsync(Action<string> look, CancellationToken cancellationToken)
    {
        connection.Resubscribe = again => SubscribeAsync(look, again);
        _subscriber = await connection.SubscriberAsync(cancellationToken).ConfigureAwait(false);
        // A subscription that failed may be registered all the same; one handler, taken off first, is never there twice.
        if (_onMessage is not null) await UnsubscribeAsync(_subscriber, _onMessage, cancellationToken).ConfigureAwait(false);
        _onMessage ??= (_, said) => look(said.ToString());
        await WithinAsync(_subscriber.SubscribeAsync(Literal, _onMessage), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_subscriber is { } subscriber && _onMessage is { } onMessage)
        {
            await UnsubscribeAsync(subscriber, onMessage, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Asynchronous so that what the library throws at once, on a connection that is closed, is a failed task too.</summary>
    private async Task UnsubscribeAsync(ISubscriber subscriber, Action<RedisChannel, RedisValue> handler, CancellationToken cancellationToken) =>
        await WithinAsync(subscriber.UnsubscribeAsync(Literal, handler), cancellationToken).ConfigureAwait(false);

    private Task WithinAsync(Task task, CancellationToken cancellationToken) => task.WithinAsync(connection.CommandLimit, time, cancellationToken);
}
