namespace Rewt.Internal;

/// <summary>A look that failed, remembered for longer than the next one takes, so that requests do not queue behind a server that is away.</summary>
/// <param name="At">When.</param>
/// <param name="Since">When the first of those in a row was.</param>
/// <param name="Exception">What came in the way.</param>
internal sealed record TenantFailure(Moment At, Moment Since, Exception Exception)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(4);

    public bool IsRecent(TimeProvider time) => At.Elapsed(time) < Memory;
}
