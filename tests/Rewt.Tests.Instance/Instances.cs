using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Rewt.Tests.Instance;

/// <summary>The instances of this process, each with its own service container.</summary>
internal sealed class Instances : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ServiceProvider> _instances = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<IConnectionMultiplexer>>> _connections = new(StringComparer.Ordinal);

    public async Task<string> ExecuteAsync(string line)
    {
        var command = JsonSerializer.Deserialize<Command>(line, JsonSerializerOptions.Web)!;
        try
        {
            return JsonSerializer.Serialize(new { command.Seq, Reply = await RunAsync(command) }, JsonSerializerOptions.Web);
        }
        catch (Exception exception)
        {
            return JsonSerializer.Serialize(new { command.Seq, Failure = exception.GetType().Name, exception.Message }, JsonSerializerOptions.Web);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances.Values) await instance.DisposeAsync();
        foreach (var connection in _connections.Values) await (await connection.Value).CloseAsync(allowCommandsToComplete: false);
    }

    private static async Task<object?> DescribeAsync(Task<RewtKeyRing> ring) => Describe(await ring);

    private static object Describe(RewtKeyRing ring) => new
    {
        Current = ring.Current?.KeyId,
        ring.Version,
        Keys = ring.Keys.Select(key => new { key.KeyId, State = key.State.ToString() }),
    };

    private static object Describe(RewtVerification verification) =>
        new { verification.IsValid, Refusal = verification.Refusal.ToString(), verification.KeyId, verification.Text };

    private async Task<object?> RunAsync(Command command)
    {
        if (command.Op == "start") return await StartAsync(command);
        if (!_instances.TryGetValue(command.Instance, out var instance)) throw new InvalidOperationException($"There is no instance '{command.Instance}'.");

        var ring = instance.GetRequiredService<IRewtKeyRing>();
        var tokens = instance.GetRequiredService<IRewtTokens>();
        var data = instance.GetRequiredService<IRewtSignedData>();
        return command.Op switch
        {
            "current" => await DescribeAsync(ring.GetAsync()),
            "rotate" => await DescribeAsync(ring.RotateAsync()),
            "revoke" => await DescribeAsync(ring.RevokeAsync(command.Text!)),
            "sign" => await data.SignTextAsync(command.Text!),
            "verify" => Describe(await data.VerifyAsync(command.Text!)),
            "bearer" => await tokens.CreateBearerAsync(command.Text),
            "verify-bearer" => Describe(await tokens.VerifyBearerAsync(command.Text!)),
            "stop" => await StopAsync(command.Instance),
            _ => throw new InvalidOperationException($"There is no command '{command.Op}'."),
        };
    }

    private async Task<object?> StartAsync(Command command)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(command.Settings).Build());
        if (command.Share)
        {
            var connection = await _connections.GetOrAdd(command.Redis!, redis => new Lazy<Task<IConnectionMultiplexer>>(() => ConnectAsync(redis))).Value;
            services.AddSingleton(connection);
        }

        services.AddRewtKeys(options => options.Redis = command.Share ? null : command.Redis);
        var instance = services.BuildServiceProvider();
        foreach (var hosted in instance.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
        return _instances.TryAdd(command.Instance, instance)
            ? null
            : throw new InvalidOperationException($"There is an instance '{command.Instance}' already.");
    }

    private async Task<object?> StopAsync(string name)
    {
        if (_instances.TryRemove(name, out var instance)) await instance.DisposeAsync();
        return null;
    }

    /// <summary>Connects in the background if the first attempt takes too long, as it can on a busy machine.</summary>
    private static async Task<IConnectionMultiplexer> ConnectAsync(string redis)
    {
        var configuration = ConfigurationOptions.Parse(redis);
        configuration.AbortOnConnectFail = false;
        return await ConnectionMultiplexer.ConnectAsync(configuration);
    }
}
