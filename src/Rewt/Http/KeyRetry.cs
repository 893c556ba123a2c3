using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Rewt.Internal;

/// <summary>
/// Retries a request of one HTTP client if the called service refused the key. A Polly pipeline runs the attempts. After a 401, the request is signed
/// and sent again only if another key is available. Application settings can prevent a retry, but cannot force one.
/// </summary>
internal sealed partial class KeyRetry
{
    public const int MostRetries = 3;

    private static readonly ResiliencePropertyKey<RetryState> Current = new("Rewt.RetryState");

    private readonly RewtMetrics _metrics;
    private readonly ILogger _logger;
    private readonly string? _audience;
    private readonly int _retries;
    private readonly Func<RetryPredicateArguments<HttpResponseMessage>, ValueTask<bool>> _approve;
    private readonly Func<OnRetryArguments<HttpResponseMessage>, ValueTask>? _report;

    public KeyRetry(RewtSigningOptions options, RefusedKeyChecks checks, RewtMetrics metrics, TimeProvider time, ILogger<RetryHandler> logger)
    {
        (Checks, _metrics, _logger, _audience) = (checks, metrics, logger, options.Audience);
        var retry = Settings(options);
        (_retries, _approve, _report) = (retry.MaxRetryAttempts, retry.ShouldHandle, retry.OnRetry);
        retry.ShouldHandle = ShouldRetryAsync;
        retry.OnRetry = OnRetryAsync;
        Pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { Name = "Rewt", TimeProvider = time }.AddRetry(retry).Build();
    }

    public ResiliencePipeline<HttpResponseMessage> Pipeline { get; }

    public RefusedKeyChecks Checks { get; }

    /// <summary>Validates the retry settings of the application. Returns the error; <see langword="null"/> if the settings are valid.</summary>
    public static string? Error(RewtSigningOptions options)
    {
        var retry = Settings(options);
        if (retry.MaxRetryAttempts is < 1 or > MostRetries)
        {
            return $"ConfigureRetry sets MaxRetryAttempts to {retry.MaxRetryAttempts}; 1 to {MostRetries} are allowed, and Retry = false turns the retry off.";
        }

        try
        {
            new ResiliencePipelineBuilder<HttpResponseMessage>().AddRetry(retry);
            return null;
        }
        catch (ValidationException exception)
        {
            return $"ConfigureRetry sets a value that Polly does not accept: {exception.Message}";
        }
    }

    /// <summary>
    /// Begins the attempts of one request, and rents the Polly context that contains their state. <see cref="End"/> returns the context to the pool.
    /// </summary>
    public static ResilienceContext Begin(HttpRequestMessage request, bool canRepeat, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        context.Properties.Set(Current, RetryState.Begin(request, canRepeat));
        return context;
    }

    public static void End(ResilienceContext context)
    {
        context.Properties.GetValue(Current, null!).End();
        ResilienceContextPool.Shared.Return(context);
    }

    private static RetryStrategyOptions<HttpResponseMessage> Settings(RewtSigningOptions options)
    {
        var retry = new RetryStrategyOptions<HttpResponseMessage>
        {
            Name = "Rewt.KeyRetry",
            MaxRetryAttempts = 1,
            Delay = TimeSpan.Zero,
            ShouldHandle = static _ => PredicateResult.True(),
        };
        options.ConfigureRetry?.Invoke(retry);
        return retry;
    }

    /// <summary>
    /// Decides whether Polly sends the request again. If the status code is not 401, nothing else is checked. Polly also calls this method after the
    /// last attempt, so the number of attempts is checked too.
    /// </summary>
    private ValueTask<bool> ShouldRetryAsync(RetryPredicateArguments<HttpResponseMessage> arguments) =>
        arguments.Outcome.Result is { StatusCode: HttpStatusCode.Unauthorized } refused
        && arguments.AttemptNumber < _retries
        && !arguments.Context.CancellationToken.IsCancellationRequested
        && arguments.Context.Properties.GetValue(Current, null!) is { CanRepeat: true } retryState
            ? ShouldRetryAsync(retryState, refused, arguments)
            : ValueTask.FromResult(false);

    private async ValueTask<bool> ShouldRetryAsync(RetryState retryState, HttpResponseMessage refused, RetryPredicateArguments<HttpResponseMessage> arguments)
    {
        if (CredentialHistory.Of(retryState.Request)?.IsAnswer(refused) == false) return false;
        var challenge = ChallengeReader.Read(refused);
        if (challenge == Challenge.Other || !retryState.IsUnchanged || CredentialHistory.TokenOn(retryState.Request) is not { } token) return false;

        try
        {
            return await (retryState.InnerChecks ?? Checks).HasOtherKeyAsync(Origin.Of(retryState.Request.RequestUri!), token, challenge, arguments.Context.CancellationToken).ConfigureAwait(false)
                && await _approve(arguments).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RewtKeysUnavailableException or TenantDeletedException)
        {
            LogNoKey(exception);
            return false;
        }
        catch
        {
            // The caller gets the exception instead of this response. Disposing the response frees its connection.
            refused.Dispose();
            throw;
        }
    }

    private async ValueTask OnRetryAsync(OnRetryArguments<HttpResponseMessage> arguments)
    {
        var refused = arguments.Outcome.Result!;
        arguments.Context.Properties.GetValue(Current, null!).IsFresh = true;
        if (_metrics.ClientRetries.Enabled)
        {
            var reason = ChallengeReader.Read(refused) == Challenge.StaleKey ? "stale_key" : "unexplained";
            _metrics.ClientRetries.Add(1, new("rewt.audience", _audience), new KeyValuePair<string, object?>("rewt.reason", reason));
        }

        LogRetry();
        try
        {
            if (_report is not null) await _report(arguments).ConfigureAwait(false);
        }
        finally
        {
            refused.Dispose();
        }
    }

    [LoggerMessage(EventId = 30, EventName = "Retrying", Level = LogLevel.Debug, Message = "The receiver refused the key of a request. The request is signed with a new key and sent again.")]
    private partial void LogRetry();

    [LoggerMessage(EventId = 31, EventName = "NoKeyToRetry", Level = LogLevel.Warning, Message = "The receiver refused the key of a request, and no new key is available. The response 401 is returned to the caller.")]
    private partial void LogNoKey(Exception exception);
}
