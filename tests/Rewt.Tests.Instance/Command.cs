namespace Rewt.Tests.Instance;

/// <summary>A command that a test sends to this process.</summary>
/// <param name="Seq">The number that the reply repeats.</param>
/// <param name="Op">The operation.</param>
/// <param name="Instance">The name of the instance that executes the operation.</param>
/// <param name="Redis">For start: the connection string.</param>
/// <param name="Share">For start: whether the instances of the process share one connection.</param>
/// <param name="Settings">For start: the settings, with names as in the configuration.</param>
/// <param name="Text">For sign, the text; for verify and verify-bearer, the token; for bearer, the audience; for revoke, the key id.</param>
internal sealed record Command(
    long Seq, string Op, string Instance, string? Redis, bool Share, Dictionary<string, string?>? Settings, string? Text);
