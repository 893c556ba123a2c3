using System.Reflection;
using System.Runtime.Loader;

namespace Rewt.Tests.Operations;

/// <summary>
/// The built tool within the process of the tests: a start of .NET for each command takes longer than the command. It has assemblies of its own, because it sets
/// time limits for the whole process, and writes to the console, which leads it to the run that it belongs to.
/// </summary>
internal sealed class ToolInProcess : AssemblyLoadContext
{
    private static readonly AsyncLocal<(TextWriter Output, TextWriter Errors)?> Current = new();
    private static readonly Lazy<Func<string[], Task<int>>> Main = new(Load);
    private readonly AssemblyDependencyResolver _files = new(ToolRun.Program);

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] args)
    {
        if (!Console.IsInputRedirected || !Console.IsOutputRedirected)
        {
            // The tool sees the terminal of the run and would ask and draw.
            return await Programs.RunToEndAsync(Executables.Dotnet, [ToolRun.Program, .. args]);
        }

        var (output, errors) = (new StringWriter(), new StringWriter());
        Current.Value = (TextWriter.Synchronized(output), TextWriter.Synchronized(errors));
        var exitCode = await Main.Value(args);
        return (exitCode, output.ToString(), errors.ToString());
    }

    protected override Assembly? Load(AssemblyName assemblyName) =>
        _files.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

    private static Func<string[], Task<int>> Load()
    {
        var (output, errors) = (Console.Out, Console.Error);
        Console.SetOut(new Routed(() => Current.Value?.Output ?? output));
        Console.SetError(new Routed(() => Current.Value?.Errors ?? errors));
        var program = new ToolInProcess().LoadFromAssemblyPath(ToolRun.Program).GetType("Rewt.Tool.Program", throwOnError: true)!;
        return program.GetMethod("Main")!.CreateDelegate<Func<string[], Task<int>>>();
    }

    /// <summary>Writes where the flow of control that writes belongs.</summary>
    private sealed class Routed(Func<TextWriter> target) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => target().Write(value);

        public override void Write(string? value) => target().Write(value);

        public override void Write(char[] buffer, int index, int count) => target().Write(buffer, index, count);

        public override void Flush() => target().Flush();
    }
}
