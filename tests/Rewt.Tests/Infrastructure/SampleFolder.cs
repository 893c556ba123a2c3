namespace Rewt.Tests.Infrastructure;

/// <summary>The folders of the samples.</summary>
internal static class SampleFolder
{
    /// <summary>The demo starts other samples with a tool of this repository, and the app host starts other samples.</summary>
    private static readonly string[] ThatNeedOthers = ["AppHost", "Demo", "Demo.Probe"];

    /// <summary>Gets the names of the samples that can be built without the rest of the repository.</summary>
    public static IReadOnlyList<string> ThatCanBeCopied { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "samples"), "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Except(ThatNeedOthers, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];
}
