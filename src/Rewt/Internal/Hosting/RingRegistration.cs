namespace Rewt.Internal;

/// <summary>That a ring was asked for under this options name; the default ring's is the empty string.</summary>
internal sealed record RingRegistration(string Name);
