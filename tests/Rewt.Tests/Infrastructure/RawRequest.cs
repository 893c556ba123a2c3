namespace Rewt.Tests.Infrastructure;

/// <summary>Sends a GET request with exactly the given header lines.</summary>
internal static class RawRequest
{
    public static async Task<int> StatusAsync(Uri address, string path, params (string Name, string Value)[] headers) =>
        int.Parse((await AnswerAsync(address, path, headers)).Split(' ')[1], CultureInfo.InvariantCulture);

    public static async Task<string> AnswerAsync(Uri address, string path, params (string Name, string Value)[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Cancellation);
        await using var stream = client.GetStream();
        var lines = string.Concat(headers.Select(header => $"{header.Name}: {header.Value}\r\n"));
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n{lines}\r\n"), Cancellation);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(Cancellation);
    }
}
