using System.Diagnostics.CodeAnalysis;

namespace Rewt.Internal;

/// <summary>
/// Runs asynchronous work for a synchronous <c>HttpClient.Send</c>, and blocks the calling thread until the work ends. The work runs on the thread
/// pool, so that it does not need the blocked thread or its synchronization context.
/// </summary>
internal static class SynchronousSend
{
    [SuppressMessage("ApiDesign", "RS0030", Justification = "The caller has chosen the synchronous Send, which can only block; no other code may.")]
    public static T Run<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}
