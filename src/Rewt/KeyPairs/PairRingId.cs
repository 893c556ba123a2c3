namespace Rewt.Internal;

/// <summary>Identifies the ring of a service that signs with key pairs, by the namespace and the name of the service.</summary>
internal readonly record struct PairRingId(string Namespace, string Service);
