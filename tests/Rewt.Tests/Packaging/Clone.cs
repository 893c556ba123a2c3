namespace Rewt.Tests.Packaging;

/// <summary>The repository as it stands, committed in a place of its own: each of them has the same one commit.</summary>
internal sealed class Clone
{
    private static readonly string[] Made = ["bin", "obj", ".git", "node_modules", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", ".vs", ".idea"];

    private Clone(string path) => Path = path;

    public string Path { get; }

    public static async Task<Clone> MakeAsync(string path, CleanShell shell)
    {
        Require.That(Executables.Find("git") is not null, "needs git on the PATH");
        Copy(new DirectoryInfo(RepositoryRoot.Path), path);
        await shell.RunAsync(path, """
            export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
            git init --quiet --initial-branch=main
            git add --all
            git -c user.name=Rewt -c user.email=rewt@example.invalid commit --quiet --message='As it stands'
            """);
        return new Clone(path);
    }

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in from.EnumerateFiles().Where(file => !Made.Contains(file.Name)))
        {
            try
            {
                file.CopyTo(System.IO.Path.Combine(to, file.Name));
            }
            catch (FileNotFoundException)
            {
                // What another test had put there for a moment.
            }
        }

        foreach (var directory in from.EnumerateDirectories().Where(directory => !Made.Contains(directory.Name) && directory.LinkTarget is null))
        {
            Copy(directory, System.IO.Path.Combine(to, directory.Name));
        }
    }
}
