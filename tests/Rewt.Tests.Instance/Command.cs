namespace Rewt.Tests.Instance;

/// <param name="Seq">Comes back with the reply.</param>
/// <param name="Op">What to do.</param>
/// <param name="Instance">By which instance.</param>
/// <param name="Redis">start: the connection string.</param>
/// <param name="Share">start: whether the instances of the process share one connection.</param>
/// <param name="Settings">start: settings as in the configuration section Rewt.</param>
/// <param name="Text">sign: the text; verify, verify-bearer: the token; bearer: the audience; revoke: the key id.</param>
internal sealed record Command(
    long Seq, string Op, string Instance, string? Redis, bool Share, Dictionary<string, string?>? Settings, string? Text);
