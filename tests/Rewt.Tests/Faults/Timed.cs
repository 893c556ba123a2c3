namespace Rewt.Tests.Faults;

/// <summary>Tests that measure milliseconds run alone: beside others they would measure those.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Timed
{
    public const string Name = "Timed";
}
