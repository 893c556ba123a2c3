using System.Net;
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
        if (Attempt.Of(request) is not null || !await BodyReplay.PrepareAsync(request.Content, _client.Options.MaxBufferedBody, cancellationToken).ConfigureAwait(false))
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var attempt = Attempt.Begin(request);
        try
        {
            var answer = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            // Nearly every answer is none that the pipeline would look at.
            return answer.StatusCode == HttpStatusCode.Unauthorized ? await RetryAsync(attempt, answer, cancellationToken).ConfigureAwait(false) : answer;
        }
        finally
        {
            attempt.End();
        }
    }

    /// <summary>The pipeline's first attempt is the one that was made already.</summary>
    private async Task<HttpResponseMessage> RetryAsync(Attempt attempt, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return answer;

        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        try
        {
            context.Properties.Set(Current, attempt);
            attempt.Answer = answer;
            return await _pipeline.ExecuteAsync(
                static async (context, state) => state.Attempt.TakeAnswer() ?? await state.Handler.SendOnceAsync(state.Attempt.Request, context.CancellationToken).ConfigureAwait(false),
                context,
                (Handler: this, Attempt: attempt)).ConfigureAwait(false);
        }
        finally
        {
            // Cancelled before it was looked at.
            attempt.TakeAnswer()?.Dispose();
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.SendAsync(request, cancellationToken);

    private async ValueTask<bool> ShouldRetryAsync(Attempt attempt, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (RequestTrail.Of(attempt.Request)?.IsAnswer(response) == false) return false;
        var challenge = ChallengeReader.Read(response);
        if (challenge == Challenge.Other || !attempt.IsUnchanged || RequestTrail.TokenOn(attempt.Request) is not { } refused) return false;

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
        attempt.IsFresh = true;
        _metrics.Retried(_client.Options.Audience, ChallengeReader.Read(refused));
        LogRetry();
        refused.Dispose();
    }
}
