namespace Rewt.Tests.Packaging;

/// <summary>Builds copies of the samples with the packages, and the programs that the samples build in the repository.</summary>
[Collection<SharedPackages>]
[Trait("Category", "Long")]
public sealed class SampleCopyTests(PackedClone packed)
{
    [Fact]
    public async Task A_copy_of_each_sample_folder_builds_with_the_packages()
    {
        await packed.OutputAsync();
        var copies = Directory.CreateDirectory(Path.Combine(packed.Scratch, "copies")).FullName;
        File.Copy(Path.Combine(packed.ProjectFolder, "nuget.config"), Path.Combine(copies, "nuget.config"));
        foreach (var sample in SampleFolder.ThatCanBeCopied)
        {
            // Each copy has a parent folder of its own, so that no sample can use another one.
            var parent = Directory.CreateDirectory(Path.Combine(copies, $"{sample}-alone")).FullName;
            await packed.Shell.RunAsync(packed.ClonePath, $"git archive HEAD 'samples/{sample}' | tar --extract --strip-components=1 --directory '{parent}'");
        }

        // One build of all copies restores the common packages once.
        await File.WriteAllTextAsync(
            Path.Combine(copies, "copies.slnx"),
            $"<Solution>{string.Concat(SampleFolder.ThatCanBeCopied.Select(sample => $"<Project Path=\"{sample}-alone/{sample}/{sample}.csproj\" />"))}</Solution>",
            Cancellation);
        var output = await packed.Shell.RunAsync(copies, "dotnet build copies.slnx");

        output.ShouldNotMatch(CleanShell.WarningPattern);
        foreach (var sample in SampleFolder.ThatCanBeCopied) File.Exists(Path.Combine(copies, $"{sample}-alone", sample, "bin", "Debug", "net10.0", $"{sample}.dll")).ShouldBeTrue(sample);
    }

    [Fact]
    public async Task The_command_of_the_Dockerfile_publishes_a_service_without_a_git_repository()
    {
        // The image builder ignores the folder .git.
        var clone = await Clone.CreateAsync(Path.Combine(packed.Scratch, "without-git"), packed.Shell);
        Directory.Delete(Path.Combine(clone.Path, ".git"), recursive: true);
        var lines = await File.ReadAllLinesAsync(Path.Combine(clone.Path, "samples", "Compose", "Dockerfile"), Cancellation);
        var command = lines.Single(line => line.StartsWith("RUN ", StringComparison.Ordinal))["RUN ".Length..].Replace("/app", "../published", StringComparison.Ordinal);

        var output = await packed.Shell.RunAsync(clone.Path, $"SERVICE=Inventory; {command}");

        output.ShouldNotMatch(CleanShell.WarningPattern);
        File.Exists(Path.Combine(packed.Scratch, "published", "Inventory.dll")).ShouldBeTrue();
    }
}
