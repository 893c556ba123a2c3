using System.ComponentModel;
using System.Diagnostics;

namespace Rewt.Samples.Demo;

/// <summary>Opens the default browser.</summary>
internal static class WebBrowser
{
    /// <summary>Opens an address in the browser if there is one. The address is also printed.</summary>
    public static void TryOpen(Uri address)
    {
        // Without a desktop, xdg-open would start a text browser in the terminal.
        if (OperatingSystem.IsLinux() && !IsSet("DISPLAY") && !IsSet("WAYLAND_DISPLAY")) return;
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(address.ToString()) { UseShellExecute = true });
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            // No browser was found; the address has been printed.
        }
    }

    private static bool IsSet(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));
}
