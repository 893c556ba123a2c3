namespace Rewt;

/// <summary>
/// The exception that is thrown in an outage: a token can be neither signed nor verified, or a change cannot be written, because Redis was never
/// reached, has been unreachable for longer than <see cref="RewtOptions.StaleBudget"/>, holds no usable secret, or refuses the change. A receiver
/// answers 503 with <c>Retry-After</c>, and refuses no token as invalid.
/// </summary>
public sealed class RewtKeysUnavailableException : Exception
{
    /// <summary>Initializes a new instance of the exception.</summary>
    /// <param name="message">The problem and its solution.</param>
    /// <param name="retryAfter">How long to wait before the next attempt.</param>
    /// <param name="innerException">The error of the store, if any.</param>
    public RewtKeysUnavailableException(string message, TimeSpan retryAfter, Exception? innerException = null)
        : base(message, innerException) => RetryAfter = retryAfter;

    /// <summary>How long to wait before the next attempt.</summary>
    public TimeSpan RetryAfter { get; }
}
