namespace Rewt.Internal;

/// <summary>The commands of the tool that print the ACL rules of a login, for messages about missing permissions.</summary>
internal static class RightsCommand
{
    /// <summary>Returns the command for a service that uses the given kind of keys in Redis.</summary>
    public static string Of(RewtOptions options, KeyMode keys) =>
        keys == KeyMode.KeyPair ? OfKeyPairs(options.Namespace, options.ServiceName) : OfSharedSecret(options.Namespace);

    /// <summary>Returns the command for the tool itself. An operator of key pairs adds <c>--key-pairs</c>.</summary>
    public static string OfOperator(string @namespace) => $"rewt acl --role operator --namespace {@namespace}";

    public static string OfSharedSecret(string @namespace) => $"rewt acl --role signer --namespace {@namespace}";

    public static string OfKeyPairs(string @namespace, string? service) => $"rewt acl --key-pairs --role signer --service {service} --namespace {@namespace}";
}
