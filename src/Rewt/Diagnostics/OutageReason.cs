namespace Rewt.Internal;

/// <summary>Why Redis cannot be used: the reason that <see cref="StoreFailure.Explain"/> attaches to an exception of the client library.</summary>
/// <param name="Text">A sentence with the solution. It contains no secret.</param>
/// <param name="Kind">The kind of problem, which the command-line tool reports as its exit code.</param>
internal sealed record OutageReason(string Text, OutageKind Kind = OutageKind.Other);
