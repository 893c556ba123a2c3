namespace Rewt.Tests.Apps;

/// <summary>A request whose header lines are sent as they are given.</summary>
internal static class RawRequest
{
    public static async Task<int> StatusAsync(Uri address, string path, params (string Name, string Value)[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Cancellation);
        await using var stream = client.GetStream();
        var lines = headers.Select(header => $"{header.Name}: {header.Value}\r\n");
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n{string.Concat(lines)}\r\n"), Cancellation);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var status = await reader.ReadLineAsync(Cancellation);
        return int.Parse(status!.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
