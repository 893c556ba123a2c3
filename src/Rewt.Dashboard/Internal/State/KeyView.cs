namespace Rewt.Internal;

/// <summary>A key without its secret.</summary>
/// <param name="Id">The key id.</param>
/// <param name="State"><c>pending</c>, <c>current</c>, <c>retired</c> or <c>revoked</c>.</param>
/// <param name="Service">Whose key pair it is.</param>
/// <param name="IsOwn">Whether this instance signs with it, did or will; of a shared secret always.</param>
/// <param name="From">Since when it is in this state, where that is known.</param>
/// <param name="Until">When it leaves this state, where that is known.</param>
internal sealed record KeyView(string Id, string State, string? Service, bool IsOwn, long? From, long? Until);
