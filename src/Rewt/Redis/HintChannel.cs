using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The pub/sub channel on which instances tell each other that something in Redis has changed. A message has no content and may come twice, late or
/// not at all, so an instance that receives one reads the store again.
/// </summary>
internal sealed class HintChannel(RedisConnection connection, string channel, TimeProvider time) : IAsyncDisposable
{
    /// <summary>The content of a message, which no instance reads.</summary>
    public const string Message = "look";

    private ISubscriber? _subscriber;
    private Action<RedisChannel, RedisValue>? _onMessage;

    public string Channel => channel;

    private RedisChannel Literal => new(channel, RedisChannel.PatternMode.Literal);

    /// <summary>Publishes a hint under the channel's own name, and under the prefixed name if the client has a channel prefix.</summary>
    public void Publish(IDatabase database)
    {
        database.PublishAsync(Literal, Message).Abandon();
        if (HasPrefix(database)) database.ExecuteAsync("PUBLISH", channel, Message).Abandon();
    }

    /// <summary>
    /// Publishes a hint under the prefixed name if the client has a channel prefix. A script has published it under the channel's own name already.
    /// </summary>
    public void PublishToPrefix(IDatabase database)
    {
        if (HasPrefix(database)) database.PublishAsync(Literal, Message).Abandon();
    }

    private static bool HasPrefix(IDatabase database) => database.Multiplexer.Configuration.Contains("channelPrefix=", StringComparison.OrdinalIgnoreCase);

    public async Task SubscribeAsync(Action onMessage, CancellationToken cancellationToken)
    {
        connection.Resubscribe = async again =>
        {
            await SubscribeAsync(onMessage, again).ConfigureAwait(false);
            // A message between the two subscriptions is lost.
            onMessage();
        };
        _subscriber = await connection.SubscriberAsync(cancellationToken).ConfigureAwait(false);
        // A failed subscription may still be registered, so the handler is removed first and never runs twice.
        if (_onMessage is not null) await UnsubscribeAsync(_subscriber, _onMessage, cancellationToken).ConfigureAwait(false);
        _onMessage ??= (_, _) => onMessage();
        await WithinAsync(_subscriber.SubscribeAsync(Literal, _onMessage), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_subscriber is { } subscriber && _onMessage is { } onMessage)
        {
            await UnsubscribeAsync(subscriber, onMessage, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Removes a handler. Asynchronous, so that an exception that the library throws synchronously on a closed connection also becomes a failed task.
    /// </summary>
    private async Task UnsubscribeAsync(ISubscriber subscriber, Action<RedisChannel, RedisValue> handler, CancellationToken cancellationToken) =>
        await WithinAsync(subscriber.UnsubscribeAsync(Literal, handler), cancellationToken).ConfigureAwait(false);

    private Task WithinAsync(Task task, CancellationToken cancellationToken) => task.WithinAsync(connection.CommandLimit, time, cancellationToken);
}
