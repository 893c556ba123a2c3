namespace Rewt.Internal;

/// <summary>Records that a key ring was registered for the options of this name; the default name is the empty string.</summary>
internal sealed record RingRegistration(string Name);
