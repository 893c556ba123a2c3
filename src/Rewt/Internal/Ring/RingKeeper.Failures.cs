namespace Rewt.Internal;

internal sealed partial class RingKeeper
{
    private bool IsFailing(out Exception? exception)
    {
        var failure = Volatile.Read(ref _failure);
        exception = failure?.Exception;
        return failure is not null && failure.At.Elapsed(_time) < ReadLimit;
    }

    private RewtKeysUnavailableException Unavailable(Exception? exception) => new(
        $"The keys of '{Name}' cannot be had: Redis cannot be reached or does not answer. See Rewt:Redis and the inner exception.",
        TimeSpan.FromSeconds(2),
        exception);

    private RewtKeysUnavailableException Unchanged(Exception exception) => new(
        $"The ring '{Name}' was not changed: Redis cannot be reached or refuses the write. See the inner exception.",
        TimeSpan.FromSeconds(2),
        exception);

    private RewtKeysUnavailableException Unusable(string problem) =>
        new($"The keys of '{Name}' cannot be had: {_source.Whereabouts(Name)} is unusable, {problem}.", TimeSpan.FromSeconds(5));

    private sealed record Failure(Moment At, Exception Exception);

    private sealed record Due(Moment From, TimeSpan Pause);
}
