using System.Runtime;

namespace Rewt.Benchmarks;

/// <summary>
/// Runs benchmarks until the JIT compiler has compiled all of their code. On a busy machine, its background thread is late, so that code of different tiers
/// would be compared.
/// </summary>
internal static class WarmUp
{
    public static async Task RunAsync(params Func<Task>[] paths)
    {
        for (var compiled = 0L; compiled != JitInfo.GetCompiledMethodCount();)
        {
            compiled = JitInfo.GetCompiledMethodCount();
            foreach (var path in paths)
            {
                for (var i = 0; i < 5_000; i++) await path();
            }

            await Task.Delay(1_000);
        }
    }
}
