using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>What servers, proxies and the client library say of a command that may not be used.</summary>
public sealed class CommandRefusalTests
{
    [Theory]
    [InlineData("NOPERM this user has no permissions to run the 'eval' command")]
    [InlineData("ERR unknown command 'EVALSHA', with args beginning with: 'abc' '3' ")]
    [InlineData("ERR unknown command `EVAL`, with args beginning with: `abc`, ")]
    [InlineData("ERR Unknown subcommand or wrong number of arguments for 'LOAD'. Try SCRIPT HELP.")]
    [InlineData("ERR This instance has Lua scripting support disabled")]
    [InlineData("ERR EXEC without MULTI")]
    [InlineData("unsupported command 'eval'")]
    public void A_refused_command_is_recognized(string error) => CommandRefusal.Is(Answer(error)).ShouldBeTrue();

    [Theory]
    [InlineData("READONLY You can't write against a read only replica.")]
    [InlineData("MISCONF Errors writing to the AOF file: writes are disabled")]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.")]
    [InlineData("ERR Error running script (call to f_1): @user_script:15: Unknown Redis command called from script")]
    [InlineData("EXECABORT Transaction discarded because of previous errors.")]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value")]
    public void Another_error_is_no_refused_command(string error) => CommandRefusal.Is(Answer(error)).ShouldBeFalse();

    [Fact]
    public void A_command_that_the_client_leaves_out_is_refused_and_one_that_asks_for_a_primary_is_not()
    {
        CommandRefusal.Is(new RedisCommandException("This operation has been disabled in the command-map and cannot be used: EVAL")).ShouldBeTrue();
        CommandRefusal.Is(new RedisCommandException("Command cannot be issued to a replica: EVAL")).ShouldBeFalse();
    }

    [Fact]
    public void The_arguments_that_a_server_repeats_are_left_out()
    {
        CommandRefusal.Printable(Answer("ERR unknown command 'SET', with args beginning with: 'rewt:rewt-secret' 'a secret' "))!
            .Message.ShouldBe("ERR unknown command 'SET'");
        CommandRefusal.Printable(Answer("OOM command not allowed")).ShouldBeNull();
    }

    [Fact]
    public void The_error_of_a_server_is_escaped_and_cut_also_as_the_cause_of_another()
    {
        var shown = new UnauthorizedAccessException("Redis refused the command (NOPERM).", CommandRefusal.AsCause(Answer("NOPERM \u001b[31m" + new string('x', 100_000)))).ToString();

        shown.ShouldContain("NOPERM \\u001b[31m");
        shown.Length.ShouldBeLessThan(2_000);
    }

#pragma warning disable CS0618 // The oldest client library that the tests run on has no other constructor.
    private static RedisServerException Answer(string error) => new(error);
#pragma warning restore CS0618
}
