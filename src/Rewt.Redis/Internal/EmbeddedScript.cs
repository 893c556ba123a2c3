namespace Rewt.Internal;

/// <summary>The scripts that lie in this assembly.</summary>
internal static class EmbeddedScript
{
    public static string Read(string name)
    {
        using var stream = typeof(EmbeddedScript).Assembly.GetManifestResourceStream($"Rewt.Internal.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
