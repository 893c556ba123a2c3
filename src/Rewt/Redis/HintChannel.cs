using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The pub/sub channel on which instances notify each other of changes in Redis. A message has no content, and can be repeated, delayed or missing.
/// An instance that receives a message therefore reads the store again.
/// </summary>
internal sealed class HintChannel(RedisConnection connection, string channel) : IAsyncDisposable
{
    /// <summary>The text of every message. No instance reads the text.</summary>
    public const string Message = "look";

    private ISubscriber? _subscriber;
    private Action<RedisChannel, RedisValue>? _onMessage;

    /// <summary>Whether a subscription has succeeded. The first subscription of a process has the time limit of a start.</summary>
    private bool _hasSubscribed;

    public string Channel => channel;

    private RedisChannel Literal => new(channel, RedisChannel.PatternMode.Literal);

    /// <summary>
    /// Publishes a message on the channel. If the client has a channel prefix, a message is also published on the channel with the prefixed name.
    /// A failure is ignored, because a Redis user that may not publish must still be able to write.
    /// </summary>
    public Task PublishAsync(IDatabase database) =>
        AnswerAsync(HasPrefix(database) ? [database.PublishAsync(Literal, Message), database.ExecuteAsync("PUBLISH", channel, Message)] : [database.PublishAsync(Literal, Message)]);

    /// <summary>
    /// Publishes a message on the channel with the prefixed name, if the client has a channel prefix. A script has already published a message on the
    /// channel without the prefix.
    /// </summary>
    public Task PublishToPrefixAsync(IDatabase database) => HasPrefix(database) ? AnswerAsync([database.PublishAsync(Literal, Message)]) : Task.CompletedTask;

    /// <summary>
    /// Waits for the answers to messages. The command-line tool closes its connection immediately after a change, and a message that has not been sent yet would
    /// be lost.
    /// </summary>
    private async Task AnswerAsync(Task[] messages) =>
        await messages.UntilAnsweredAsync(connection, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static bool HasPrefix(IDatabase database) => database.Multiplexer.Configuration.Contains("channelPrefix=", StringComparison.OrdinalIgnoreCase);

    public async Task SubscribeAsync(Action onMessage, CancellationToken cancellationToken)
    {
        connection.Resubscribe = async again =>
        {
            await SubscribeAsync(onMessage, again).ConfigureAwait(false);
            // A message between the two subscriptions is lost.
            onMessage();
        };
        try
        {
            _subscriber = await connection.SubscriberAsync(cancellationToken).ConfigureAwait(false);
            // A failed subscription may still be registered, so the handler is removed first and never runs twice.
            if (_onMessage is not null) await UnsubscribeAsync(_subscriber, _onMessage, cancellationToken).ConfigureAwait(false);
            _onMessage ??= (_, _) => onMessage();
            await _subscriber.SubscribeAsync(Literal, _onMessage).WithinAsync(_hasSubscribed ? connection.CommandLimit : TimeLimit.AtStart.Command, connection.Time, cancellationToken).ConfigureAwait(false);
            _hasSubscribed = true;
        }
        catch (Exception exception)
        {
            if (CommandRefusal.Printable(exception) is { } printable) throw printable;
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_subscriber is { } subscriber && _onMessage is { } onMessage)
        {
            await UnsubscribeAsync(subscriber, onMessage, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Removes a handler from the subscription. The method is asynchronous, so that an exception that the client library throws synchronously also
    /// becomes a failed task.
    /// </summary>
    private async Task UnsubscribeAsync(ISubscriber subscriber, Action<RedisChannel, RedisValue> handler, CancellationToken cancellationToken) =>
        await subscriber.UnsubscribeAsync(Literal, handler).WithinAsync(connection, cancellationToken).ConfigureAwait(false);
}
