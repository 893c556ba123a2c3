using Spectre.Console;

namespace Rewt.Samples.Demo;

/// <summary>Runs the demo: starts a server, the services and traffic, shows the figures, and cleans up.</summary>
internal sealed class DemoRun(DemoOptions options)
{
    private readonly DemoLog _log = new();

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        try
        {
            if (options.Redis is { } redis) return await RunAsync(redis, "the server of --redis", stop);

            _log.Write("starting the embedded server (garnet)");
            await using var server = await EmbeddedServer.StartAsync(_log.Write, stop);
            return await RunAsync(server.Address, $"embedded garnet at {server.Address}", stop);
        }
        catch (DemoException exception)
        {
            _log.Write(exception.Message);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _log.Write("stopped before the traffic began");
            return 1;
        }
    }

    /// <summary>Prints or opens the dashboard's address. In headless mode, standard output is reserved for the figures.</summary>
    private void ShowDashboard(Uri address)
    {
        var line = $"dashboard: {address}";
        if (options.Headless) _log.Write(line);
        else Console.Out.WriteLine(line);
        if (!options.Headless && !options.NoBrowser && AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected) WebBrowser.TryOpen(address);
    }

    private async Task<int> RunAsync(string redis, string redisName, CancellationToken stop)
    {
        await using var connection = await RedisConnection.ConnectAsync(redis);
        if (!options.OwnsNamespace) return await RunAsync(connection, redis, redisName, stop);

        await connection.DeleteNamespaceAsync(options.Namespace);
        try
        {
            return await RunAsync(connection, redis, redisName, stop);
        }
        finally
        {
            await connection.DeleteNamespaceAsync(options.Namespace);
        }
    }

    private async Task<int> RunAsync(RedisConnection connection, string redis, string redisName, CancellationToken stop)
    {
        var tally = new Tally();
        await using var ring = new RingObserver(redis, options);
        await ring.BeginAsync(stop);
        Func<Figures> figures;
        await using (var fleet = new Fleet())
        {
            _log.Write("starting two instances each of Orders, Inventory and Shipping");
            _log.Write($"their keys are in the namespace {options.Namespace}, {redisName}");
            await fleet.StartAsync(redis, options, tally, _log.WriteOfService, stop);
            ShowDashboard(fleet.Dashboard);
            using var traffic = new Traffic(fleet.Orders, tally, _log.Write);
            await traffic.WarmUpAsync(stop);
            await new CapturedPayment(fleet, _log.Write).RunAsync(stop);
            var meter = new RedisMeter(connection, fleet.Size + 1, ring.RefreshInterval);
            _log.Write("measuring the Redis commands of the idle fleet");
            await meter.CalibrateAsync(stop);
            await ring.BeginAsync(stop);
            _log.Write("traffic begins");

            var started = TimeProvider.System.GetTimestamp();
            figures = () => Figures.Of(tally, ring, meter, TimeProvider.System.GetElapsedTime(started), options.Namespace, redisName);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
            using var closeLog = end.Token.Register(() => _log.IsClosed = true);
            if (options.Duration is { } duration) end.CancelAfter(duration);
            var view = options.Headless ? Task.CompletedTask : new LiveView(_log, figures, ring, fleet.Dashboard, () => connection.DeleteKeysAsync(options.Namespace, options.KeyMode)).RunAsync(end);
            await Task.WhenAll(traffic.RunAsync(options.Rate, end.Token), ring.RunAsync(end.Token), meter.RunAsync(tally, end.Token), view);

            var duringTraffic = figures();
            figures = () => duringTraffic;
        }

        // All services have ended, so the count of retries is complete.
        var result = figures() with { Retries = tally.Retries };
        if (options.Headless) Console.Out.WriteLine(result.ToJson());
        else foreach (var line in result.Summary()) Console.Out.WriteLine(line);
        return result.IsGood ? 0 : 1;
    }
}
