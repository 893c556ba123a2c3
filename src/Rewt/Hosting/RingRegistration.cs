namespace Rewt.Internal;

/// <summary>
/// A marker in the service collection: a key ring is registered for the options of this name, which is empty for the main settings and otherwise the
/// name of a scheme. The services find all key rings by these markers.
/// </summary>
internal sealed record RingRegistration(string Name);
