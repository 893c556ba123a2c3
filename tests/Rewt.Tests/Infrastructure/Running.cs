namespace Rewt.Tests.Infrastructure;

/// <summary>The test that is running, for every class without a prefix.</summary>
internal static class Running
{
    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
