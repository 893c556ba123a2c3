namespace Rewt.Internal;

/// <summary>
/// Examines the server that stores the keys for settings and permissions that put the keys at risk, such as missing persistence. The examination
/// changes nothing on the server.
/// </summary>
internal interface IStoreDoctor
{
    Task<StoreReport> ExamineAsync(CancellationToken cancellationToken);
}
