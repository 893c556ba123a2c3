namespace Rewt.Tests.Faults;

/// <summary>The life cycle of a key between two instances, for every server and every login that must allow it.</summary>
internal static class LifeCycle
{
    /// <summary>Starts two instances and ends them.</summary>
    public static async Task WorksAsync(string connectionString)
    {
        await using var one = await Instance.StartWarmAsync(connectionString);
        await using var two = await Instance.StartWarmAsync(connectionString);
        await WorksAsync(one, two);
    }

    /// <summary>One instance signs and another verifies; a rotation retires the key, and a revocation reaches both.</summary>
    public static async Task WorksAsync(Instance one, Instance two)
    {
        var first = await one.CurrentAsync();
        var token = await one.SignAsync();

        (await two.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        (await two.Ring.RotateAsync(Cancellation)).Keys.ShouldContain(key => key.KeyId == first && key.State == RewtKeyState.Retired);
        await one.Ring.RevokeAsync(first, Cancellation);
        await Eventually.TrueAsync(async () => await two.VerifyAsync(token) == RewtRefusal.StaleKey, "it is revoked");
        (await one.VerifyAsync(await two.SignAsync())).ShouldBe(RewtRefusal.None);
    }
}
