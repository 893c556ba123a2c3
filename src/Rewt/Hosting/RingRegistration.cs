namespace Rewt.Internal;

/// <summary>A marker in the service collection: a key ring is registered for the options of this name; the default name is the empty string.</summary>
internal sealed record RingRegistration(string Name);
