namespace Rewt.Internal;

/// <summary>A look at everything, as it goes out.</summary>
/// <param name="Json">UTF-8.</param>
/// <param name="Stamp">What tells whether a ring has changed since.</param>
/// <param name="At">When it was taken.</param>
internal sealed record DashboardLook(byte[] Json, string Stamp, Moment At);
