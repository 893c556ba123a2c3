using System.Diagnostics.CodeAnalysis;

namespace Rewt.Internal;

/// <summary>What became of a key that was shown.</summary>
internal readonly record struct ApiKeyVerdict(ApiKeyStatus Status, AppEntry? App = null, string? KeyId = null)
{
    [MemberNotNullWhen(true, nameof(App), nameof(KeyId))]
    public bool IsLive => Status == ApiKeyStatus.Live;
}
