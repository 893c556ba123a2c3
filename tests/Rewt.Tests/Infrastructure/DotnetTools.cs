namespace Rewt.Tests.Infrastructure;

internal static class DotnetTools
{
    private static readonly Lazy<Task> Restored = new(() => Programs.OutputAsync(Executables.Dotnet, ["tool", "restore"]));

    public static Task RestoreOnceAsync() => Restored.Value;
}
