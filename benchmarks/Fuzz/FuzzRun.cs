using Rewt.Tests.BadInput;

namespace Rewt.Fuzz;

/// <summary>Verifies mutated copies of one valid token.</summary>
internal sealed class FuzzRun(IRewtTokens tokens, string validToken, int seed)
{
    /// <summary>The maximum number of variants that wait for a refresh at once; below the limit of the key ring.</summary>
    private const int MaximumWaiting = 4_000;

    private readonly List<string> _samples = [];
    private int _accepted;
    private int _exceptions;

    public string ValidToken => validToken;

    public async Task<FuzzResult> ExecuteAsync(int count)
    {
        var mutations = new TokenMutations(validToken, seed);
        var waiting = new List<(string Variant, Task<RewtVerification> Task)>();
        var waited = 0;
        for (var done = 0; done < count; done++)
        {
            var variant = mutations.Next();
            var task = VerifyAsync(variant);
            if (task.IsCompleted)
            {
                await CountAsync(variant, task);
                continue;
            }

            waited++;
            waiting.Add((variant, task));
            if (waiting.Count == MaximumWaiting) await DrainAsync(waiting);
        }

        await DrainAsync(waiting);
        return new FuzzResult(_accepted, _exceptions, waited, _samples);
    }

    private async Task<RewtVerification> VerifyAsync(string variant) => await tokens.VerifyBearerAsync(variant);

    private async Task DrainAsync(List<(string Variant, Task<RewtVerification> Task)> waiting)
    {
        foreach (var (variant, task) in waiting) await CountAsync(variant, task);
        waiting.Clear();
    }

    private async Task CountAsync(string variant, Task<RewtVerification> task)
    {
        try
        {
            if (!(await task).IsValid) return;
            _accepted++;
            Sample($"accepted: {variant}");
        }
        catch (Exception exception)
        {
            _exceptions++;
            Sample($"{exception.GetType()}: {exception.Message}: {variant}");
        }
    }

    private void Sample(string text)
    {
        if (_samples.Count < 10) _samples.Add(text);
    }
}
