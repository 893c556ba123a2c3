namespace Rewt.Tests.Infrastructure;

/// <summary>Members that all test classes can use without a class name.</summary>
internal static class TestGlobals
{
    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Runs a synchronous action where a task is expected.</summary>
    public static Task AsTask(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
