using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>Tests the errors with which servers, proxies and the client library refuse a command.</summary>
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
    public void A_refused_command_is_recognized(string error) => CommandRefusal.Is(ServerError(error)).ShouldBeTrue();

    [Theory]
    [InlineData("READONLY You can't write against a read only replica.")]
    [InlineData("MISCONF Errors writing to the AOF file: writes are disabled")]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.")]
    [InlineData("ERR Error running script (call to f_1): @user_script:15: Unknown Redis command called from script")]
    [InlineData("EXECABORT Transaction discarded because of previous errors.")]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value")]
    public void Another_error_is_not_recognized_as_a_refused_command(string error) => CommandRefusal.Is(ServerError(error)).ShouldBeFalse();

    [Fact]
    public void A_disabled_command_counts_as_refused_but_a_command_for_a_primary_does_not()
    {
        CommandRefusal.Is(new RedisCommandException("This operation has been disabled in the command-map and cannot be used: EVAL")).ShouldBeTrue();
        CommandRefusal.Is(new RedisCommandException("Command cannot be issued to a replica: EVAL")).ShouldBeFalse();
    }

    [Fact]
    public void Command_arguments_are_removed_from_a_server_error()
    {
        CommandRefusal.Printable(ServerError("ERR unknown command 'SET', with args beginning with: 'rewt:rewt-secret' 'a secret' "))!
            .Message.ShouldBe("ERR unknown command 'SET'");
        CommandRefusal.Printable(ServerError("OOM command not allowed")).ShouldBeNull();
    }

    [Fact]
    public void A_server_error_is_escaped_and_truncated_in_an_inner_exception()
    {
        var shown = new UnauthorizedAccessException("Redis refused the command (NOPERM).", CommandRefusal.AsCause(ServerError("NOPERM \u001b[31m" + new string('x', 100_000)))).ToString();

        shown.ShouldContain("NOPERM \\u001b[31m");
        shown.Length.ShouldBeLessThan(2_000);
    }

#pragma warning disable CS0618 // The oldest supported client library has no other constructor.
    private static RedisServerException ServerError(string error) => new(error);
#pragma warning restore CS0618
}
