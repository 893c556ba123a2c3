using System.Reflection;

namespace Rewt.Tests.BadInput;

/// <summary>Verifies that <c>ToString</c> of the types with a secret or a token does not contain it: debuggers and interpolated strings show this text.</summary>
public sealed class RedactionTests
{
    private static readonly string[] SecretTexts = [TokenForge.KnownSecret, "the-signature", Convert.ToBase64String(Encoding.UTF8.GetBytes(TokenForge.KnownSecret))[..40], "a-password"];

    [Fact]
    public async Task ToString_of_a_type_with_a_secret_or_a_token_does_not_contain_it()
    {
        var secret = Secret.TryParse(Encoding.UTF8.GetBytes(TokenForge.KnownSecret), out _)!;
        var key = new RingKey(secret);
        var now = TimeProvider.System.GetUtcNow();
        var retired = new RetiredKey(secret, new(1));
        var state = new RingState("epoch", 1, secret, new(2), secret, new(3), [retired]);
        var slot = new SecretSlot(Encoding.UTF8.GetBytes(TokenForge.KnownSecret), false, 1);
        var reading = new RingReading(slot, state, new Dictionary<KeyId, StoreTime>(), new(1));
        var plan = new RingChange(RingAction.Adopt, state, secret, new StoreTime(1), System.Collections.Immutable.ImmutableDictionary<KeyId, StoreTime>.Empty);
        var bearer = new BearerToken(new AuthenticationHeaderValue("Bearer", "a.b.the-signature"), KeyId.Parse("kid"), now, now, now);
        await using var services = new ServiceCollection().AddRewtInMemoryKeys(options => options.ServiceName = "orders").BuildServiceProvider();
        var tokens = services.GetRequiredService<IRewtTokens>();
        var token = await tokens.CreateBearerAsync(cancellationToken: Cancellation);
        var verification = await tokens.VerifyBearerAsync(token, Cancellation);
        var signed = services.GetRequiredService<IRewtSignedData>();
        var data = await signed.VerifyAsync(await signed.SignTextAsync("the-signature", Cancellation), Cancellation);

        object[] holders =
        [
            secret, key, key.SecurityKey, retired, state, slot, reading, plan, new RotationDecision(plan, null), bearer, verification, data, new SignedToken("a.b.the-signature", KeyId.Parse("kid"), now, now),
            new RewtOptions { Redis = "localhost,password=a-password" },
            new RewtNewApiKey { AppId = "acme", KeyId = "key-id", Key = "rewt_acme_the-signature" }, new ApiKeyHeader(true, "rewt_acme_the-signature"), new ClientCredentials("acme", "rewt_acme_the-signature"),
            new RewtApiKeyClientOptions { ApiKey = "rewt_acme_the-signature" }, new AppKey("key-id", Encoding.UTF8.GetBytes(TokenForge.KnownSecret), 1, 2, null),
        ];
        foreach (var holder in holders)
        {
            var text = $"{holder}";
            foreach (var secretText in SecretTexts) text.ShouldNotContain(secretText, customMessage: holder.GetType().Name);
            text.ShouldNotContain(token[(token.LastIndexOf('.') + 1)..]);
            text.ShouldNotContain(Base64UrlEncoder.Encode(key.SecurityKey.ComputeJwkThumbprint()), customMessage: holder.GetType().Name);
        }

        var covered = holders.Select(holder => holder.GetType()).ToHashSet();
        foreach (var type in Holders()) covered.ShouldContain(type, $"{type} holds a secret or a token: add it to this test");
    }

    /// <summary>Returns the records with a secret member, because the compiler creates their <c>ToString</c>.</summary>
    private static IEnumerable<Type> Holders()
    {
        Type[] secret = [typeof(Secret), typeof(RetiredKey), typeof(AuthenticationHeaderValue), typeof(SecretSlot), typeof(RingState)];
        Assembly[] assemblies = [typeof(IRewtTokens).Assembly, typeof(RewtSigningOptions).Assembly, typeof(RewtHandler).Assembly, typeof(RewtServiceCollectionExtensions).Assembly];
        return assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsAbstract: false, IsNested: false } && IsRecord(type))
            .Where(type => type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Any(property => secret.Contains(property.PropertyType)));
    }

    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic) is not null;
}
