using System.ComponentModel;
using System.Diagnostics;

namespace Rewt.Samples.Demo;

/// <summary>The browser of whoever runs the demo.</summary>
internal static class WebBrowser
{
    /// <summary>Opens an address where there is a browser; without one, the printed address has to do.</summary>
    public static void TryOpen(Uri address)
    {
        // On a terminal alone, what opens would be a browser in the terminal.
        if (OperatingSystem.IsLinux() && !IsSet("DISPLAY") && !IsSet("WAYLAND_DISPLAY")) return;
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(address.ToString()) { UseShellExecute = true });
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            // The address has been printed.
        }
    }

    private static bool IsSet(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));
}
