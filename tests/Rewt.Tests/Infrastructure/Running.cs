namespace Rewt.Tests.Infrastructure;

/// <summary>What every class of tests may use without a prefix.</summary>
internal static class Running
{
    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>For what may be asynchronous and is not.</summary>
    public static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
