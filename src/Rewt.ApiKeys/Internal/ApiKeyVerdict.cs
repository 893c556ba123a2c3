using System.Diagnostics.CodeAnalysis;

namespace Rewt.Internal;

/// <summary>
/// The result of <see cref="ApiKeyChecker"/> for one API key: whether the key is accepted or why it is refused. The app and the key id are
/// <see langword="null"/> if the checker did not find them.
/// </summary>
internal readonly record struct ApiKeyVerdict(ApiKeyRefusal? Refusal, AppEntry? App = null, string? KeyId = null)
{
    [MemberNotNullWhen(true, nameof(App), nameof(KeyId))]
    public bool IsAccepted => Refusal is null && App is not null && KeyId is not null;
}
