using System.Diagnostics.Metrics;
using System.Globalization;

/// <summary>
/// What the demo puts into each process it starts (DOTNET_STARTUP_HOOKS), so that the services know nothing of a demo: it counts
/// retries from the library's meter, and it ends the process when the demo is gone.
/// </summary>
internal static class StartupHook
{
    private static readonly MeterListener Listener = new();

    public static void Initialize()
    {
        Listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Rewt" && instrument.Name == "rewt.client.retries") listener.EnableMeasurementEvents(instrument);
        };
        // A line of its own for each measurement is there before the retried call has an answer, so none is lost at the end.
        Listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"@{instrument.Name} {value}")));
        Listener.Start();

        new Thread(EndWithTheDemo) { IsBackground = true }.Start();
    }

    /// <summary>The demo holds the other end of the standard input, which its death closes, however violent.</summary>
    private static void EndWithTheDemo()
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        Environment.Exit(0);
    }
}
