using System.Diagnostics.Metrics;
using System.Globalization;

/// <summary>
/// A startup hook that the demo adds to each process that it starts (DOTNET_STARTUP_HOOKS), so that the services need no code for the demo. It
/// prints the retries counted by the library's meter, and ends the process when the demo ends.
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
        // Each measurement is printed before the retried call is answered, so no measurement is lost at the end.
        Listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"@{instrument.Name} {value}")));
        Listener.Start();

        new Thread(EndWithTheDemo) { IsBackground = true }.Start();
    }

    /// <summary>Ends the process when standard input closes. The demo holds its other end, which closes even if the demo crashes.</summary>
    private static void EndWithTheDemo()
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        Environment.Exit(0);
    }
}
