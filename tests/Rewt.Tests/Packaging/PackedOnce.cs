namespace Rewt.Tests.Packaging;

/// <summary>One packing for all that look at the packages, one after the other and beside no other test: builds leave little of a small machine.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class PackedOnce : ICollectionFixture<PackedClone>;
