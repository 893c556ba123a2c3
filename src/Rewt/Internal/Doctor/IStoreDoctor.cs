namespace Rewt.Internal;

/// <summary>Looks a store's server over: whether it is fit to hold keys. Changes nothing there.</summary>
internal interface IStoreDoctor
{
    Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken);
}
