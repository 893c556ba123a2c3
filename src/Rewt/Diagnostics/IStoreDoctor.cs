namespace Rewt.Internal;

/// <summary>
/// Examines the server that stores the keys for settings and permissions that endanger them, such as missing persistence, and returns its findings to
/// <c>rewt doctor</c> and the health check. It changes nothing on the server.
/// </summary>
internal interface IStoreDoctor
{
    Task<StoreReport> ExamineAsync(CancellationToken cancellationToken);
}
