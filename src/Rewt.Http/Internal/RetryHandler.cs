using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Rewt.Internal;

/// <summary>
/// Sends a request once more when its key was refused, around the signing handler so that the second attempt is signed anew. All that
/// is needed to send it again is settled before the first attempt.
/// </summary>
internal sealed partial class RetryHandler : DelegatingHandler
{
    private static readonly ResiliencePropertyKey<Attempt> Current = new("Rewt.Attempt");

    private readonly SigningClient _client;
    private readonly SigningMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;

    public RetryHandler(SigningClient client, SigningMetrics metrics, ILogger<RetryHandler> logger)
    {
        (_client, _metrics, _logger) = (client, metrics, logger);
        _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = 1,
                Delay = TimeSpan.Zero,
                // Polly asks after the last attempt too, when there is nothing left to look for.
                ShouldHandle = arguments => arguments.AttemptNumber == 0 && arguments.Outcome.Result is { } response
                    ? ShouldRetryAsync(arguments.Context.Properties.GetValue(Current, null!), response, arguments.Context.CancellationToken)
                    : ValueTask.FromResult(false),
                OnRetry = arguments =>
                {
                    OnRetry(arguments.Context.Properties.GetValue(Current, null!), arguments.Outcome.Result!);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Options.TryGetValue(SigningMarks.Guarded, out var guarded) && guarded)
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        if (!await BodyReplay.PrepareAsync(request.Content, _client.Options.MaxBufferedBody, cancellationToken).ConfigureAwait(false))
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        try
        {
            context.Properties.Set(Current, new Attempt(request, request.RequestUri, request.Method, request.Content));
            request.Options.Set(SigningMarks.Guarded, true);
            return await _pipeline.ExecuteAsync(
                static async (context, state) => await state.Handler.SendOnceAsync(state.Request, context.CancellationToken).ConfigureAwait(false),
                context,
                (Handler: this, Request: request)).ConfigureAwait(false);
        }
        finally
        {
            // A handler of the application may send the same request again, from the beginning.
            request.Options.Set(SigningMarks.Guarded, false);
            request.Options.Set(SigningMarks.Fresh, false);
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.SendAsync(request, cancellationToken);

    private async ValueTask<bool> ShouldRetryAsync(Attempt attempt, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (RequestTrail.Of(attempt.Request)?.IsAnswer(response) == false) return false;
        var challenge = ChallengeReader.Read(response);
        if (challenge == Challenge.Other || !attempt.IsUnchanged || SigningMarks.TokenOf(attempt.Request) is not { } refused) return false;

        try
        {
            var hasOther = await _client.Tokens.HasOtherKeyAsync(refused, cancellationToken).ConfigureAwait(false);
            return hasOther || challenge == Challenge.StaleKey;
        }
        catch (RewtKeysUnavailableException exception)
        {
            LogNoKey(exception);
            return false;
        }
        catch
        {
            // Nobody gets to see this answer any more, and its connection waits for it to be read.
            response.Dispose();
            throw;
        }
    }

    private void OnRetry(Attempt attempt, HttpResponseMessage refused)
    {
        attempt.Request.Options.Set(SigningMarks.Fresh, true);
        _metrics.Retried(_client.Options.Audience, ChallengeReader.Read(refused));
        LogRetry();
        refused.Dispose();
    }

    /// <summary>A request as it was before its first attempt: a redirect below rewrites it in place, and then it is no longer ours to send.</summary>
    private sealed record Attempt(HttpRequestMessage Request, Uri? Address, HttpMethod Method, HttpContent? Content)
    {
        public bool IsUnchanged => Request.RequestUri == Address && Request.Method == Method && Request.Content == Content;
    }
}
