using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// The hosted service that logs, when the application starts, which Redis connection each key ring uses and why. An application can have several
/// connections.
/// </summary>
internal sealed partial class RedisSourceLogger(
    IServiceProvider services, IEnumerable<RingRegistration> registrations, IOptionsMonitor<RewtOptions> options, ILoggerFactory loggers) : IHostedService
{
    private readonly ILogger _logger = loggers.CreateLogger("Rewt.KeyRing");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<IRingStoreFactory>() is not RedisRingStoreFactory) return Task.CompletedTask;

        foreach (var name in registrations.Select(registration => registration.Name).Distinct(StringComparer.Ordinal))
        {
            var settings = options.Get(name);
            if (ConfiguredKeySource.IsConfigured(settings)) continue;
            var (connection, reason) = Describe(settings);
            LogConnection(settings.Namespace, connection, reason);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private (string Connection, string Reason) Describe(RewtOptions settings)
    {
        var source = RedisSourceSelector.Of(services, settings);
        var name = RedisSourceSelector.NameOf(source, settings);
        return source switch
        {
            RedisSource.KeyedMultiplexer => ($"the registered IConnectionMultiplexer with the key '{settings.Namespace}'", "no setting of Rewt specifies another connection"),
            RedisSource.Multiplexer => ("the registered IConnectionMultiplexer", "no setting of Rewt specifies another connection"),
            RedisSource.ConnectionStrings => ($"a connection to {Servers(settings)} from {name}", "no setting of Rewt specifies another connection, and no IConnectionMultiplexer is registered"),
            RedisSource.Factory => ($"the connection that {name} returns", Reason(settings)),
            _ => ($"a connection to {Servers(settings)} from {name}", Reason(settings)),
        };
    }

    private string Reason(RewtOptions settings) => RedisSourceSelector.Registered(services, settings) is null
        ? "the setting is present"
        : "a setting of Rewt takes precedence over the registered IConnectionMultiplexer";

    private static string Servers(RewtOptions settings)
    {
        var configuration = RedisSourceSelector.Configuration(settings);
        configuration.SetDefaultPorts();
        var servers = string.Join(", ", configuration.EndPoints.Select(ServerDiagnosis.Name));
        return configuration.DefaultDatabase is > 0 and var database ? string.Create(CultureInfo.InvariantCulture, $"{servers} (database {database})") : servers;
    }

    [LoggerMessage(EventId = 16, EventName = "RedisChosen", Level = LogLevel.Information, Message = "The keys of {Ring} are in Redis. Rewt uses {Connection}: {Reason}.")]
    private partial void LogConnection(string ring, string connection, string reason);
}
