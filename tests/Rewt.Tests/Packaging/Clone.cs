namespace Rewt.Tests.Packaging;

/// <summary>A copy of the working tree in a repository with one commit, which is the same in every copy.</summary>
internal sealed class Clone
{
    private static readonly string[] Excluded = ["bin", "obj", ".git", "node_modules", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", ".vs", ".idea"];

    private Clone(string path) => Path = path;

    public string Path { get; }

    public static async Task<Clone> CreateAsync(string path, CleanShell shell)
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
        foreach (var file in from.EnumerateFiles().Where(file => !Excluded.Contains(file.Name)))
        {
            try
            {
                file.CopyTo(System.IO.Path.Combine(to, file.Name));
            }
            catch (FileNotFoundException)
            {
                // A temporary file of another test was deleted in the meantime.
            }
        }

        foreach (var directory in from.EnumerateDirectories().Where(directory => !Excluded.Contains(directory.Name) && directory.LinkTarget is null))
        {
            Copy(directory, System.IO.Path.Combine(to, directory.Name));
        }
    }
}
