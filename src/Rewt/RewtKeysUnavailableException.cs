namespace Rewt;

/// <summary>
/// The exception that is thrown if no token can be signed or verified, or if a change of the keys cannot be written. Possible causes are: Redis was
/// never reached, Redis has been unreachable for longer than <see cref="RewtOptions.StaleBudget"/>, Redis contains no usable secret, or Redis refuses
/// the write. If the keys are unavailable, a receiver answers with status 503 and <c>Retry-After</c>.
/// </summary>
public sealed class RewtKeysUnavailableException : Exception
{
    /// <summary>Initializes a new instance of the exception.</summary>
    /// <param name="message">A message that describes the problem and its solution.</param>
    /// <param name="retryAfter">The time that the caller should wait before the next attempt.</param>
    /// <param name="innerException">The exception of the store, or <see langword="null"/> if there is none.</param>
    public RewtKeysUnavailableException(string message, TimeSpan retryAfter, Exception? innerException = null)
        : base(message, innerException) => RetryAfter = retryAfter;

    /// <summary>The time that the caller should wait before the next attempt.</summary>
    public TimeSpan RetryAfter { get; }
}
