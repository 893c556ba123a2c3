namespace Rewt.Internal;

/// <summary>
/// The name of the options for which a key ring is registered: empty for the main settings, otherwise the name of a scheme. The service collection
/// contains one object of this class for each key ring, so that services can find all key rings.
/// </summary>
internal sealed record RingRegistration(string Name);
