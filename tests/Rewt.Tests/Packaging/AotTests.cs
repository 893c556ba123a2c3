namespace Rewt.Tests.Packaging;

/// <summary>tests/Rewt.AotSmoke: a receiver and a caller compiled ahead of time.</summary>
[Collection<PackedOnce>]
[Trait("Category", "Long")]
public sealed class AotTests
{
    [Fact]
    public async Task A_receiver_and_a_caller_compile_ahead_of_time_without_a_warning_and_work()
    {
        Require.That(OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64, "needs Linux on x64");
        Require.That(Executables.Find("clang") is not null || Executables.Find("gcc") is not null, "needs clang or gcc on the PATH");
        using var scratch = new ScratchDirectory();
        var shell = new CleanShell(scratch["packages"]);
        // A copy: the tests' own build of the sources stays as it is.
        var clone = await Clone.MakeAsync(scratch["clone"], shell);

        var output = await shell.RunAsync(clone.Path, "dotnet publish tests/Rewt.AotSmoke -r linux-x64 -o ../published");

        output.ShouldContain("Generating native code");
        output.ShouldNotMatch(CleanShell.Complaint);
        File.Exists(Path.Combine(scratch["published"], "Rewt.AotSmoke.dll")).ShouldBeFalse();
        await using var redis = await RedisServer.StartAsync();
        (await shell.RunAsync(scratch.Path, $"published/Rewt.AotSmoke {redis.ConnectionString}")).Trim().ShouldBe("ok");
    }
}
