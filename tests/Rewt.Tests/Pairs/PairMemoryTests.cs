namespace Rewt.Tests.Pairs;

/// <summary>Tests the revocations of key pairs that a process keeps in memory.</summary>
public sealed class PairMemoryTests
{
    private static readonly StoreTime Now = new(1_767_225_600_000);

    [Fact]
    public void Revocations_that_a_service_replaces_continuously_do_not_fill_the_memory()
    {
        var memory = new PairMemory();
        var last = new Dictionary<KeyId, StoreTime>();
        Learn(memory, "first");

        for (var reading = 0; reading < 5; reading++)
        {
            last = Learn(memory, [.. Enumerable.Range(0, 9_999).Select(index => $"{reading}-{index}")]);
            memory.OwnRevokedOf("orders").Count.ShouldBeLessThan(20_000);
        }

        var known = memory.RevokedOf("orders");
        known.Keys.ShouldContain(KeyId.Parse("first"));
        last.Keys.Except(known.Keys).ShouldBeEmpty("the revocations of the last reading apply");
        Learn(memory);
        memory.RevokedOf("orders").Count.ShouldBe(10_000);
    }

    private static Dictionary<KeyId, StoreTime> Learn(PairMemory memory, params string[] keyIds)
    {
        var revoked = keyIds.ToDictionary(KeyId.Parse, _ => Now + TimeSpan.FromDays(1));
        memory.Learn(new PairReading(Now, new Dictionary<KeyId, StoreTime>(), new Dictionary<string, ServiceReading> { ["orders"] = ServiceReading.Empty with { Revoked = revoked } }));
        return revoked;
    }
}
