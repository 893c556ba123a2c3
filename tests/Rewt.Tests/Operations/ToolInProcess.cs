using System.Reflection;
using System.Runtime.Loader;

namespace Rewt.Tests.Operations;

/// <summary>
/// Runs the built tool in the process of the tests, because starting a process takes longer than most commands. The tool is loaded into a separate context, because
/// it sets process-wide time limits. Its console output is routed to the run that has written it.
/// </summary>
internal sealed class ToolInProcess : AssemblyLoadContext
{
    private static readonly AsyncLocal<(TextWriter Output, TextWriter Errors)?> Current = new();
    private static readonly Lazy<Func<string[], Task<int>>> Main = new(Load);
    private static readonly Lock Gate = new();
    private readonly AssemblyDependencyResolver _files = new(ToolRun.Program);

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] args)
    {
        if (!Console.IsInputRedirected || !Console.IsOutputRedirected)
        {
            // The tool would detect the terminal of the test run and prompt and draw.
            return await Programs.RunToEndAsync(Executables.Dotnet, [ToolRun.Program, .. args]);
        }

        var (output, errors) = (new StringWriter(), new StringWriter());
        Current.Value = (TextWriter.Synchronized(output), TextWriter.Synchronized(errors));
        // The parser creates parts of the shared options when they are first used, and is not thread-safe. It runs before the first await.
        Task<int> run;
        lock (Gate) run = Main.Value(args);
        return (await run, output.ToString(), errors.ToString());
    }

    protected override Assembly? Load(AssemblyName assemblyName) =>
        _files.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

    private static Func<string[], Task<int>> Load()
    {
        var (output, errors) = (Console.Out, Console.Error);
        Console.SetOut(new RoutingWriter(() => Current.Value?.Output ?? output));
        Console.SetError(new RoutingWriter(() => Current.Value?.Errors ?? errors));
        var program = new ToolInProcess().LoadFromAssemblyPath(ToolRun.Program).GetType("Rewt.Tool.Program", throwOnError: true)!;
        return program.GetMethod("Main")!.CreateDelegate<Func<string[], Task<int>>>();
    }

    /// <summary>Writes to the target of the current asynchronous control flow.</summary>
    private sealed class RoutingWriter(Func<TextWriter> target) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => target().Write(value);

        public override void Write(string? value) => target().Write(value);

        public override void Write(char[] buffer, int index, int count) => target().Write(buffer, index, count);

        public override void Flush() => target().Flush();
    }
}
