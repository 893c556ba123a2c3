namespace Rewt.Tests.Infrastructure;

public static class Executables
{
    public static string? RedisServer { get; } = Find("redis-server");

    public static string? Node { get; } = Find("node");

    public static string? Curl { get; } = Find("curl");

    // The SDK that runs the tests sets this variable. It matters where several SDKs are installed.
    public static string Dotnet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);
}
