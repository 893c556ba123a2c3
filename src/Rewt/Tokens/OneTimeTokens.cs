namespace Rewt.Internal;

/// <summary>
/// Records each accepted one-time token in the store. A token that any service of the namespace has accepted before is refused. The class also reports to
/// the health check whether the last token could be recorded.
/// </summary>
internal sealed class OneTimeTokens(RewtOptions options, Func<IOneTimeStore> open, TimeProvider time) : IHealthSource, IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lazy<IOneTimeStore> _store = new(open);

    /// <summary>The time for which a failure is reported. Without a limit, a failure of the last token of a day would be reported until the next day.</summary>
    private static readonly TimeSpan ReportedFor = TimeSpan.FromMinutes(5);

    private Failure? _lastFailure;

    public RingHealth Health() => new(true, Volatile.Read(ref _lastFailure) is { } failure && failure.At.Elapsed(time) < ReportedFor
        ? $"The last call with a one-time token of '{options.Namespace}' got 503, because the use of the token could not be recorded ({StoreFailure.Reason(failure.Exception)}). Check Redis and the permissions of the login."
        : null);

    /// <summary>
    /// Records a verified token as used, if it is a one-time token. Returns the reason why the token is refused; <see langword="null"/> if it is
    /// accepted.
    /// </summary>
    /// <exception cref="RewtKeysUnavailableException">The store is unavailable or refuses the write, so it is unknown whether the token was used
    /// before.</exception>
    public ValueTask<TokenRefusal?> UseAsync(TokenClaims claims, CancellationToken cancellationToken) =>
        claims.Binding is { IsOneTime: true } ? UseUpAsync(claims, cancellationToken) : default;

    private async ValueTask<TokenRefusal?> UseUpAsync(TokenClaims claims, CancellationToken cancellationToken)
    {
        // Rewt:RequiredClaims may omit these claims. Without them the token cannot be identified, or its record would have no end.
        if (claims.TokenId is null) return new(RefusalReason.MissingClaim, "jti");
        if ((claims.ExpiresAt ?? claims.IssuedAt + options.MaxTokenLifetime.TotalSeconds) is not { } end) return new(RefusalReason.MissingClaim, "exp");

        var audience = claims.Audiences is [var first, ..] ? first : options.Namespace;
        // The issuer takes part, because two issuers may choose the same id. The signature does not: with an elliptic curve, the same content has a second valid one.
        var id = TokenBinding.HashOf($"{claims.Issuer}\n{claims.TokenId}" + (options.Tenants.Enabled ? $"\n{claims.Tenant}" : string.Empty));
        var until = DateTimeOffset.UnixEpoch.AddSeconds(end) + options.ClockSkew;
        try
        {
            // Longer by twice the clock skew, because this clock may be ahead by one skew, and the clock of the next service that gets the token may be
            // behind by one.
            var life = until - time.GetUtcNow() + (2 * options.ClockSkew);
            var isFirst = await _store.Value.TryUseAsync(options.Namespace, audience, id, life, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _lastFailure, null);
            if (!isFirst) return new(RefusalReason.Replayed);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Volatile.Write(ref _lastFailure, new Failure(ClockReading.Now(time), exception));
            throw new RewtKeysUnavailableException(
                $"The use of a one-time token of '{options.Namespace}' cannot be recorded: {StoreFailure.OfWrite(exception, options.ConnectionSection)}",
                RetryAfter,
                exception);
        }

        // A process that was suspended meanwhile may have recorded the token after the record of an earlier use had ended.
        var now = time.GetUtcNow();
        return now < until ? null : new(RefusalReason.Expired, (now - until).TotalSeconds + options.ClockSkew.TotalSeconds, options.ClockSkew.TotalSeconds);
    }

    public void Dispose()
    {
        if (_store.IsValueCreated) _store.Value.Dispose();
    }

    public ValueTask DisposeAsync() => _store.IsValueCreated ? _store.Value.DisposeAsync() : default;

    private sealed record Failure(ClockReading At, Exception Exception);
}
