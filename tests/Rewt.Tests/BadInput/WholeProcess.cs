namespace Rewt.Tests.BadInput;

/// <summary>Tests that measure the whole process: its memory, its events, its share of the processor. None runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeProcess
{
    public const string Name = "The whole process";
}
