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

    [Theory]
    [InlineData("127.0.0.1:1,password=hunter22,connectTimeout=100")]
    [InlineData("password=hunter22,127.0.0.1:1,connectTimeout=100")]
    [InlineData("127.0.0.1:1,password=a,hunter22=1")]
    [InlineData("127.0.0.1:1,password=a,connectTimeout=hunter22")]
    [InlineData("redis://:hunter22@127.0.0.1:1")]
    public async Task An_unusable_Redis_server_is_reported_without_its_password(string redis)
    {
        var (exitCode, output, errors) = await Programs.RunToEndAsync(Executables.Dotnet, [Programs.PathOf("samples/Demo", "Demo.dll"), "--headless", "--duration", "1", "--redis", redis]);

        exitCode.ShouldNotBe(0);
        errors.ShouldContain("--redis");
        (output + errors).ShouldNotContain("hunter22");
    }
}
