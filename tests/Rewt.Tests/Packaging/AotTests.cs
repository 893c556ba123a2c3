namespace Rewt.Tests.Packaging;

/// <summary>Publishes and runs tests/Rewt.AotSmoke, a receiver and a caller that are compiled ahead of time.</summary>
[Collection<SharedPackages>]
[Trait("Category", "Long")]
public sealed class AotTests
{
    [Fact]
    public async Task A_native_AOT_build_has_no_warnings_and_authenticates_calls()
    {
        Require.That(OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64, "needs Linux on x64");
        Require.That(Executables.Find("clang") is not null || Executables.Find("gcc") is not null, "needs clang or gcc on the PATH");
        using var scratch = new ScratchDirectory();
        var shell = new CleanShell(scratch["packages"]);
        // In a clone, so that the build output of this repository does not change.
        var clone = await Clone.CreateAsync(scratch["clone"], shell);

        var output = await shell.RunAsync(clone.Path, "dotnet publish tests/Rewt.AotSmoke -r linux-x64 -o ../published");

        output.ShouldContain("Generating native code");
        output.ShouldNotMatch(CleanShell.WarningPattern);
        File.Exists(Path.Combine(scratch["published"], "Rewt.AotSmoke.dll")).ShouldBeFalse();
        await using var redis = await RedisServer.StartAsync();
        (await shell.RunAsync(scratch.Path, $"published/Rewt.AotSmoke {redis.ConnectionString}")).Trim().ShouldBe("ok");
    }
}
