using System.Net.Sockets;

namespace Rewt.Tests.Receiving;

public sealed class RawAuthorizationTests
{
    [Fact]
    public async Task Two_Authorization_headers_are_refused_even_if_both_hold_the_good_token()
    {
        await using var host = await TestService.StartAsync(redis: null);
        var token = await host.Tokens.CreateBearerAsync("inventory", cancellationToken: TestContext.Current.CancellationToken);

        var one = await AskAsync(host.Address, $"Authorization: Bearer {token}\r\n");
        var two = await AskAsync(host.Address, $"Authorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n");

        one.ShouldStartWith("HTTP/1.1 200 ");
        two.ShouldStartWith("HTTP/1.1 401 ");
        two.ShouldContain("rewt_error=\"invalid\"");
    }

    private static async Task<string> AskAsync(Uri address, string headers)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, address.Port, TestContext.Current.CancellationToken);
        await using var stream = connection.GetStream();
        var request = $"GET /secure HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n{headers}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
