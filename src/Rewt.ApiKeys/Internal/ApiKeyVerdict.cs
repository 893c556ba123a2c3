using System.Diagnostics.CodeAnalysis;

namespace Rewt.Internal;

/// <summary>The result of <see cref="ApiKeyChecker"/> for one API key: its status, and its app and key id if they were found.</summary>
internal readonly record struct ApiKeyVerdict(ApiKeyStatus Status, AppEntry? App = null, string? KeyId = null)
{
    [MemberNotNullWhen(true, nameof(App), nameof(KeyId))]
    public bool IsLive => Status == ApiKeyStatus.Live;
}
