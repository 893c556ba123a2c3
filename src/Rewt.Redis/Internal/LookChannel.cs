using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>The channel on which others say "look".</summary>
internal sealed class LookChannel(RedisConnection connection, string name, TimeProvider time) : IAsyncDisposable
{
    private ISubscriber? _subscriber;
    private Action<RedisChannel, RedisValue>? _onMessage;

    public RedisChannel Channel { get; } = new(name, RedisChannel.PatternMode.Literal);

    public async Task SubscribeAsync(Action look, CancellationToken cancellationToken)
    {
        _subscriber = await connection.SubscriberAsync(cancellationToken).ConfigureAwait(false);
        // A subscription that failed may be registered all the same; one handler, taken off first, is never there twice.
        if (_onMessage is not null) await UnsubscribeAsync(_subscriber, _onMessage, cancellationToken).ConfigureAwait(false);
        _onMessage ??= (_, _) => look();
        await SubscriptionAsync(_subscriber.SubscribeAsync(Channel, _onMessage), cancellationToken).ConfigureAwait(false);
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
        await SubscriptionAsync(subscriber.UnsubscribeAsync(Channel, handler), cancellationToken).ConfigureAwait(false);

    private Task SubscriptionAsync(Task task, CancellationToken cancellationToken) =>
        task.WithinAsync(TimeLimit.Command, time, cancellationToken);
}
