namespace Rewt.Tests.Samples;

/// <summary>Checks the command line of the demo.</summary>
public sealed class DemoCommandTests
{
    [Theory]
    [InlineData("24:00:00")]
    [InlineData("5")]
    [InlineData("5:00")]
    [InlineData("00:00:00")]
    public async Task A_rotation_interval_that_is_zero_or_ambiguous_is_refused(string rotate)
    {
        var (exitCode, _, errors) = await Programs.RunToEndAsync(Executables.Dotnet, [Programs.PathOf("samples/Demo", "Demo.dll"), "--headless", "--duration", "1", "--rotate", rotate]);

        exitCode.ShouldNotBe(0);
        errors.ShouldContain("--rotate must be hh:mm:ss, or d.hh:mm:ss from 24 hours on");
    }
}
