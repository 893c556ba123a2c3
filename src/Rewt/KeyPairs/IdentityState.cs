namespace Rewt.Internal;

/// <summary>The state of this service's certificate for an operator: how urgent it is, and the problem.</summary>
/// <param name="Level">How urgent it is.</param>
/// <param name="Problem">The problem and its solution; <see langword="null"/> when there is none.</param>
/// <param name="Unread">The file that cannot be read; <see langword="null"/> when there is none.</param>
internal sealed record IdentityState(IdentityLevel Level, string? Problem, string? Unread)
{
    public string? Reason => Problem is null && Unread is null ? null : string.Join(' ', new[] { Problem, Unread }.OfType<string>());
}
