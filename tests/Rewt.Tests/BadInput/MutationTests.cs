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
}
