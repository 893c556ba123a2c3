using System.Globalization;
using System.Net.Http.Json;

namespace Rewt.Samples.Demo;

/// <summary>Sends calls from outside at a constant rate. A call succeeds only if the last service received the user of the first.</summary>
internal sealed class Traffic(string orders, Tally tally, Action<string> log) : IDisposable
{
    private const int Workers = 10;

    private static readonly TimeSpan WarmUpLimit = TimeSpan.FromMinutes(2);

    private readonly HttpClient _client = new() { BaseAddress = new Uri(orders), Timeout = TimeSpan.FromSeconds(15) };
    private int _user;

    /// <summary>Sends calls without counting them until the whole chain has succeeded several times in a row.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var inARow = 0;
        while (inARow < 4 * Workers)
        {
            var problem = await CallAsync(cancellationToken);
            inARow = problem is null ? inARow + 1 : 0;
            if (problem is null) continue;

            if (TimeProvider.System.GetElapsedTime(started) > WarmUpLimit) throw new DemoException($"The services started, but no call succeeds: {problem}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    /// <summary>Sends calls until it is cancelled. Calls in progress are completed and counted.</summary>
    public Task RunAsync(int rate, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => WorkAsync(TimeSpan.FromSeconds((double)Workers / rate), worker, stop)));

    public void Dispose() => _client.Dispose();

    private async Task WorkAsync(TimeSpan pace, int worker, CancellationToken stop)
    {
        try
        {
            await Task.Delay(pace / Workers * worker, stop);
            using var timer = new PeriodicTimer(pace);
            do
            {
                var started = TimeProvider.System.GetTimestamp();
                if (await CallAsync(CancellationToken.None) is not { } problem) tally.Succeeded(TimeProvider.System.GetElapsedTime(started));
                else await FailAsync(problem, stop);
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The demo ends.
        }
    }

    private async Task FailAsync(string problem, CancellationToken stop)
    {
        // Ctrl+C also reaches the services, which may stop before the demo does.
        await Task.Delay(TimeSpan.FromMilliseconds(500), stop);
        tally.Failed();
        log($"a call failed: {problem}");
    }

    private async Task<string?> CallAsync(CancellationToken cancellationToken)
    {
        var user = string.Create(CultureInfo.InvariantCulture, $"u-{Interlocked.Increment(ref _user) % 100}");
        try
        {
            using var response = await _client.GetAsync(new Uri($"/orders/{user}", UriKind.Relative), cancellationToken);
            if (!response.IsSuccessStatusCode) return string.Create(CultureInfo.InvariantCulture, $"status {(int)response.StatusCode}");

            var order = await response.Content.ReadFromJsonAsync<Order>(cancellationToken);
            var shipment = order?.Stock?.Shipment;
            return shipment is { Caller: "inventory" } && shipment.UserId == user ? null : $"shipping saw the caller '{shipment?.Caller}' and the user '{shipment?.UserId}'";
        }
        catch (Exception exception) when (exception is HttpRequestException or System.Text.Json.JsonException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return exception.Message;
        }
    }

    private sealed record Order(Stock? Stock);

    private sealed record Stock(Shipment? Shipment);

    private sealed record Shipment(string? Caller, string? UserId);
}
