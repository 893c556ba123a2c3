namespace Rewt;

/// <summary>
/// The keys cannot be had: Redis has been away for longer than <see cref="RewtOptions.StaleBudget"/> or was never reached, or what
/// it holds is no usable secret. Nothing is signed and no token is called bad; a receiver answers 503 with <c>Retry-After</c>.
/// </summary>
public sealed class RewtKeysUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is the matter and what mends it.</param>
    /// <param name="retryAfter">When it makes sense to try again.</param>
    /// <param name="innerException">What the store said, if it said anything.</param>
    public RewtKeysUnavailableException(string message, TimeSpan retryAfter, Exception? innerException = null)
        : base(message, innerException) => RetryAfter = retryAfter;

    /// <summary>When it makes sense to try again.</summary>
    public TimeSpan RetryAfter { get; }
}
