namespace Rewt.Tests.Packaging;

/// <summary>Runs all tests of the packages one after the other, with the same packages.</summary>
[CollectionDefinition]
public sealed class SharedPackages : ICollectionFixture<PackedClone>;
