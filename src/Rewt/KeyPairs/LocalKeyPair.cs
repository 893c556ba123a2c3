namespace Rewt.Internal;

/// <summary>A key pair of this process, with the proof that it belongs to its service.</summary>
internal sealed record LocalKeyPair(KeyPair Pair, string Proof)
{
    public string KeyId => Pair.KeyId;

    public static LocalKeyPair Generate(RewtOptions options)
    {
        var pair = KeyPair.Generate(options.KeyPairs.Algorithm);
        KeyOwners.Bind(pair.Public.SecurityKey, options.ServiceName!);
        return new LocalKeyPair(pair, KeyProof.Make(pair, options.Namespace, options.ServiceName!));
    }

    public PublishedKey Publish(RewtKeyState state, long until) =>
        new(Pair.Public, state, until, Proof) { Entry = PublishedKey.Write(Pair.Public, state, until, Proof) };

    /// <summary>Returns the key id and the algorithm, never the key.</summary>
    public override string ToString() => Pair.ToString();
}
