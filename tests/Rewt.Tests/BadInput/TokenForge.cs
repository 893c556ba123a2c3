namespace Rewt.Tests.BadInput;

/// <summary>
/// Creates tokens that are signed with the secret of the service under test, so that only the changes of a test make them invalid. Values are raw JSON.
/// Instances are immutable: each change returns a new instance.
/// </summary>
internal sealed class TokenForge
{
    public const string KnownSecret = "a-secret-that-only-these-tests-and-the-service-know";

    private readonly IReadOnlyList<(string Name, string Json)> _header;
    private readonly IReadOnlyList<(string Name, string Json)> _claims;

    public TokenForge(long now)
        : this(
            now,
            [("alg", "\"HS256\""), ("kid", $"\"{GoodKeyId}\""), ("typ", "\"rewt+jwt\"")],
            [("iss", "\"orders\""), ("aud", "\"inventory\""), ("iat", Text(now)), ("exp", Text(now + 60)), ("jti", "\"j-1\"")])
    {
    }

    private TokenForge(long now, IReadOnlyList<(string Name, string Json)> header, IReadOnlyList<(string Name, string Json)> claims) =>
        (Now, _header, _claims) = (now, header, claims);

    public static string GoodKeyId { get; } = KeyId.Of(Encoding.UTF8.GetBytes(KnownSecret)).ToString();

    public long Now { get; }

    public string HeaderJson => Object(_header);

    public string ClaimsJson => Object(_claims);

    public string Header => Part(HeaderJson);

    public string Claims => Part(ClaimsJson);

    public string Token => Sign(HeaderJson, ClaimsJson);

    public static string Part(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public static string Part(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static string Sign(string header, string claims) => SignParts(Part(header), Part(claims));

    public static string SignParts(string header, string claims) => $"{header}.{claims}.{Signature($"{header}.{claims}")}";

    public static string Signature(string signed) => Part(HMACSHA256.HashData(Encoding.UTF8.GetBytes(KnownSecret), Encoding.UTF8.GetBytes(signed)));

    /// <summary>Sets a claim, or adds it.</summary>
    public TokenForge Claim(string name, string json) => new(Now, _header, Set(_claims, name, json));

    public TokenForge Claim(string name, long number) => Claim(name, Text(number));

    public TokenForge WithoutClaim(string name) => new(Now, _header, [.. _claims.Where(claim => claim.Name != name)]);

    /// <summary>Adds a claim after the others, even if one has the same name.</summary>
    public TokenForge AppendClaim(string name, string json) => new(Now, _header, [.. _claims, (name, json)]);

    public TokenForge HeaderMember(string name, string json) => new(Now, Set(_header, name, json), _claims);

    public TokenForge WithoutHeaderMember(string name) => new(Now, [.. _header.Where(member => member.Name != name)], _claims);

    public TokenForge AppendHeaderMember(string name, string json) => new(Now, [.. _header, (name, json)], _claims);

    private static (string Name, string Json)[] Set(IReadOnlyList<(string Name, string Json)> members, string name, string json) =>
        members.Any(member => member.Name == name)
            ? [.. members.Select(member => member.Name == name ? (name, json) : member)]
            : [.. members, (name, json)];

    private static string Object(IReadOnlyList<(string Name, string Json)> members) =>
        "{" + string.Join(',', members.Select(member => $"\"{member.Name}\":{member.Json}")) + "}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
