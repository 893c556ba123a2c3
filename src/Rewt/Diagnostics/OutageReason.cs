namespace Rewt.Internal;

/// <summary>
/// The reason why Redis cannot be used. <see cref="StoreFailure.Explain"/> attaches the reason to an exception of the client library.
/// </summary>
/// <param name="Text">A sentence with the problem and the solution, without secrets.</param>
/// <param name="Kind">The kind of problem, which the command-line tool reports as its exit code.</param>
internal sealed record OutageReason(string Text, OutageKind Kind = OutageKind.Other);
