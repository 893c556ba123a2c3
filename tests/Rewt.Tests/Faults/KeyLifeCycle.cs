namespace Rewt.Tests.Faults;

/// <summary>Asserts the life cycle of a key between two instances, for different servers and Redis users.</summary>
internal static class KeyLifeCycle
{
    /// <summary>Asserts the life cycle between two new instances.</summary>
    public static async Task AssertWorksAsync(string connectionString)
    {
        await using var one = await Instance.StartWarmAsync(connectionString);
        await using var two = await Instance.StartWarmAsync(connectionString);
        await AssertWorksAsync(one, two);
    }

    /// <summary>Asserts that a second instance verifies the token of the first, that a rotation retires the key, and that a revocation reaches both.</summary>
    public static async Task AssertWorksAsync(Instance one, Instance two)
    {
        var first = await one.CurrentAsync();
        var token = await one.SignAsync();

        (await two.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        (await two.Ring.RotateAsync(Cancellation)).Keys.ShouldContain(key => key.KeyId == first && key.State == RewtKeyState.Retired);
        await one.Ring.RevokeAsync(first, Cancellation);
        await Eventually.TrueAsync(async () => await two.VerifyAsync(token) == RewtRefusal.StaleKey, "the key is revoked");
        (await one.VerifyAsync(await two.SignAsync())).ShouldBe(RewtRefusal.None);
    }
}
