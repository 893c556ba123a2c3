namespace Rewt.Tests.Packaging;

/// <summary>One packing for all tests of the packages, one after the other.</summary>
[CollectionDefinition]
public sealed class PackedOnce : ICollectionFixture<PackedClone>;
