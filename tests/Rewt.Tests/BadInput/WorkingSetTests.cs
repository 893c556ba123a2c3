namespace Rewt.Tests.BadInput;

/// <summary>Verifies that many large tokens do not increase the working set.</summary>
[Collection(WholeProcess.Name)]
public sealed class WorkingSetTests(KnownSecretService service) : IClassFixture<KnownSecretService>
{
    [Fact]
    public Task A_thousand_large_tokens_do_not_increase_the_working_set() => FloodAsync(1_000, TimeSpan.Zero);

    [Fact]
    [Trait("Category", "Long")]
    public Task Ten_thousand_large_tokens_at_500_a_second_do_not_increase_the_working_set() => FloodAsync(10_000, TimeSpan.FromMilliseconds(2));

    private async Task FloodAsync(int count, TimeSpan pause)
    {
        string[] tokens =
        [
            TokenForge.Sign(service.Forge.HeaderJson, ShapeRows.ManyClaims(service.Forge, 12_000)),
            TokenForge.Sign(service.Forge.HeaderJson, ShapeRows.ManyClaims(service.Forge, 400)),
            service.Forge.Claim("x", new string('9', 100_000)).Token,
            service.Forge.Claim("x", new string('[', 1_000) + new string(']', 1_000)).Token,
            service.Forge.Header + new string('.', 8_000),
        ];
        foreach (var token in tokens) await CallAsync(token);
        var before = WorkingSet();
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();

        for (var call = 0; call < count; call++)
        {
            var wait = (pause * call) - clock.GetElapsedTime(started);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, Cancellation);
            await CallAsync(tokens[call % tokens.Length]);
        }

        (WorkingSet() - before).ShouldBeLessThan(50L << 20);

        async Task CallAsync(string token)
        {
            using var response = await service.CallAsync(token);
            ((int)response.StatusCode).ShouldBeOneOf(200, 401);
        }

        static long WorkingSet()
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return Environment.WorkingSet;
        }
    }
}
