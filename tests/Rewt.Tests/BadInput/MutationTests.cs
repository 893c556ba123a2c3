namespace Rewt.Tests.BadInput;

/// <summary>Verifies a small number of mutations. benchmarks/Fuzz verifies a million.</summary>
public sealed class MutationTests(KnownSecretService service) : IClassFixture<KnownSecretService>
{
    private const int Seed = 20260101;

    [Fact]
    public async Task No_mutation_of_a_valid_token_is_accepted_in_process()
    {
        var tokens = service.Host.Tokens;
        var mutations = new TokenMutations(service.Forge.Token, Seed);
        for (var count = 0; count < 20_000; count++)
        {
            var variant = mutations.Next();
            var task = tokens.VerifyBearerAsync(variant, Cancellation);
            // A mutated but well-formed key id waits for a read of Redis; this test covers only the parser.
            if (!task.IsCompleted) continue;
            (await task).IsValid.ShouldBeFalse($"seed {Seed}, variant {count}: {variant}");
        }
    }

    [Fact]
    public async Task Every_mutation_of_a_valid_token_gets_401_from_a_service()
    {
        var before = service.Calls;
        var mutations = new TokenMutations(service.Forge.Token, Seed + 1);
        // A client does not send characters that a header cannot contain.
        var variants = Enumerable.Range(0, 1_000)
            .Select(_ => string.Concat(mutations.Next().Where(c => c is > ' ' and <= '~')))
            .Where(variant => variant != service.Forge.Token)
            .ToList();

        // In parallel, because mutated but well-formed key ids wait for a read, and there are two reads a second.
        var options = new ParallelOptions { MaxDegreeOfParallelism = 500, CancellationToken = Cancellation };
        await Parallel.ForEachAsync(variants, options, async (variant, _) =>
        {
            (await service.CallAsync(variant).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized, $"seed {Seed + 1}: {variant}");
        });

        service.Calls.ShouldBe(before);
    }
}
