namespace Rewt.Internal;

/// <summary>Examines whether a store's server is suitable for keys. It changes nothing on the server.</summary>
internal interface IStoreDoctor
{
    Task<StoreReport> ExamineAsync(CancellationToken cancellationToken);
}
