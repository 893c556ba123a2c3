using FsCheck;
using FsCheck.Fluent;

namespace Rewt.Tests.Ring;

/// <summary>Tests random histories of a fleet. FsCheck shrinks a failing history and prints its seed.</summary>
public sealed class RingHistoryTests
{
    private const int HistoryCount = 400;

    private const int StepCount = 60;

    [Fact]
    public void Instances_agree_on_one_current_key_and_trust_no_revoked_key_after_any_history() => CheckProperty(async steps =>
    {
        await using var fleet = new FleetHistory(steps);
        await fleet.RunAsync();
        await fleet.SettleAsync();

        var reading = await fleet.Store.ReadAsync(CancellationToken.None);
        var decision = fleet.Decide(reading);
        decision.Plan.ShouldBeNull();
        var expected = fleet.CreateNewSnapshot(reading, decision.Problem);
        if (decision.Problem is null)
        {
            expected.Current!.Secret.CopyBytes().ShouldBe(reading.Slot.Value);
            expected.Next.ShouldNotBeNull();
            expected.Next.KeyId.ShouldNotBe(expected.Current.KeyId);
        }
        else
        {
            expected.KeyIds.ShouldBeEmpty();
        }

        foreach (var instance in fleet.Instances)
        {
            var snapshot = instance.Snapshot!;
            snapshot.Problem.ShouldBe(decision.Problem);
            snapshot.Version.ShouldBe(expected.Version);
            (snapshot.Current?.KeyId).ShouldBe(expected.Current?.KeyId);
            snapshot.KeyIds.ShouldBe(expected.KeyIds, ignoreOrder: true);
            instance.TrustedKeys.ShouldBe(fleet.Instances[0].TrustedKeys);
        }
    });

    private static void CheckProperty(Func<HistoryStep[], Task> property)
    {
        var steps = Arb.From(
            from action in Gen.Frequency(
                (5, Gen.Constant(FleetAction.Wait)), (12, Gen.Constant(FleetAction.Update)), (8, Gen.Elements(Enum.GetValues<FleetAction>())))
            from instance in Gen.Choose(0, 2)
            from argument in Gen.Choose(0, 63)
            select new HistoryStep(action, instance, argument));
        var histories = Arb.From(Gen.ArrayOf(steps.Generator, StepCount), Arb.Array(steps).Shrinker);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(HistoryCount), Prop.ForAll(histories, property));
    }
}
