using FsCheck;
using FsCheck.Fluent;

namespace Rewt.Tests.Ring;

/// <summary>Random histories; a failing one is shrunk and printed with what replays it.</summary>
public sealed class RingHistoryTests
{
    private const int Histories = 400;

    private const int Steps = 60;

    [Fact]
    public void After_any_history_all_instances_agree_on_one_current_key_and_none_trusts_a_dead_one() => Hold(async steps =>
    {
        await using var fleet = new FleetHistory(steps);
        await fleet.LiveAsync();
        await fleet.SettleAsync();

        var reading = await fleet.Store.ReadAsync(CancellationToken.None);
        var verdict = fleet.Decide(reading);
        verdict.Plan.ShouldBeNull();
        var newcomer = fleet.Newcomer(reading, verdict.Problem);
        if (verdict.Problem is null)
        {
            newcomer.Current!.Secret.CopyBytes().ShouldBe(reading.Slot.Value);
            newcomer.Next.ShouldNotBeNull();
            newcomer.Next.KeyId.ShouldNotBe(newcomer.Current.KeyId);
        }
        else
        {
            newcomer.KeyIds.ShouldBeEmpty();
        }

        foreach (var instance in fleet.Instances)
        {
            var snapshot = instance.Snapshot!;
            snapshot.Problem.ShouldBe(verdict.Problem);
            snapshot.Version.ShouldBe(newcomer.Version);
            snapshot.Current?.KeyId.ShouldBe(newcomer.Current?.KeyId);
            snapshot.KeyIds.ShouldBe(newcomer.KeyIds, ignoreOrder: true);
            instance.LiveKeys.ShouldBe(fleet.Instances[0].LiveKeys);
        }
    });

    private static void Hold(Func<HistoryStep[], Task> property)
    {
        var steps = Arb.From(
            from deed in Gen.Frequency(
                (5, Gen.Constant(Deed.Wait)), (12, Gen.Constant(Deed.Update)), (8, Gen.Elements(Enum.GetValues<Deed>())))
            from who in Gen.Choose(0, 2)
            from amount in Gen.Choose(0, 63)
            select new HistoryStep(deed, who, amount));
        var histories = Arb.From(Gen.ArrayOf(steps.Generator, Steps), Arb.Array(steps).Shrinker);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Histories), Prop.ForAll(histories, property));
    }
}
