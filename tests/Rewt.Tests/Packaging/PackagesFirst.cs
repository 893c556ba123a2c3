using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Rewt.Tests.Packaging.PackagesFirst))]

namespace Rewt.Tests.Packaging;

/// <summary>Starts the tests of the packages first, because they take minutes and run one after the other.</summary>
public sealed class PackagesFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : Xunit.Sdk.ITestCollection =>
        [.. DefaultTestCollectionOrderer.Instance.OrderTestCollections(testCollections)
            .OrderBy(collection => !collection.TestCollectionDisplayName.Contains(nameof(SharedPackages), StringComparison.Ordinal))];
}
