namespace Rewt.Tests.Packaging;

/// <summary>One packing for all that look at the packages, one after the other.</summary>
[CollectionDefinition]
public sealed class PackedOnce : ICollectionFixture<PackedClone>;
