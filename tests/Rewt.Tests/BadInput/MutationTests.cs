namespace Rewt.Tests.BadInput;

/// <summary>A short run; benchmarks/Fuzz does a million.</summary>
public sealed class MutationTests(GuardedService service) : IClassFixture<GuardedService>
{
    private const int Seed = 20260101;

    [Fact]
    public async Task No_mutation_of_a_good_token_is_accepted_in_process()
    {
        var tokens = service.Host.Tokens;
        var mutations = new TokenMutations(service.Forge.Token, Seed);
        for (var count = 0; count < 20_000; count++)
        {
            var variant = mutations.Next();
            var task = tokens.VerifyBearerAsync(variant, Cancellation);
            // A bent key id that could exist waits for a read; the fuzz is after the parser.
            if (!task.IsCompleted) continue;
            (await task).IsValid.ShouldBeFalse($"seed {Seed}, variant {count}: {variant}");
        }
    }

    [Fact]
    public async Task No_mutation_of_a_good_token_gets_anything_but_401_from_a_service()
    {
        var before = service.Calls;
        var mutations = new TokenMutations(service.Forge.Token, Seed + 1);
        // What a header cannot hold never comes out of a client.
        var variants = Enumerable.Range(0, 1_000)
            .Select(_ => string.Concat(mutations.Next().Where(c => c is > ' ' and <= '~')))
            .Where(variant => variant != service.Forge.Token)
            .ToList();

        // Side by side, because bent key ids that could exist wait for a read, of which there are two a second.
        var options = new ParallelOptions { MaxDegreeOfParallelism = 500, CancellationToken = Cancellation };
        await Parallel.ForEachAsync(variants, options, async (variant, _) =>
        {
            (await service.CallAsync(variant).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized, $"seed {Seed + 1}: {variant}");
        });

        service.Calls.ShouldBe(before);
    }
}
