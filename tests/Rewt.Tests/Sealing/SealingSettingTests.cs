using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using static Rewt.Tests.Sealing.SealedFleet;

namespace Rewt.Tests.Sealing;

public sealed class SealingSettingTests
{
    private const string DuplicateKey = "the first key again";

    public static TheoryData<string, string> WrongKeys => new()
    {
        { Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)), "is neither 32 bytes in base64 nor a file" },
        { Convert.ToHexString(RandomNumberGenerator.GetBytes(32)), "is neither 32 bytes in base64 nor a file" },
        { "/run/secrets/not-there", "is neither 32 bytes in base64 nor a file" },
        { Convert.ToBase64String(new byte[32]), "can be guessed" },
        { Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(index => (byte)index)]), "can be guessed" },
        { Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(index => (byte)(index % 2 * 255))]), "can be guessed" },
        { Convert.ToBase64String("this is my secret sealing key 123"u8[..32]), "can be guessed" },
        { DuplicateKey, "is a key that an earlier entry contains too" },
    };

    [Theory]
    [MemberData(nameof(WrongKeys))]
    public async Task An_invalid_sealing_key_is_an_error_whose_message_does_not_contain_the_key(string key, string expected)
    {
        // A row cannot contain the random key itself, because rows are created in a different process than the one that runs them.
        var second = key == DuplicateKey ? A : key;
        var error = await FailureAsync(options => options.Sealing.Keys = [A, second]);

        error.ShouldContain($"Rewt:Sealing:Keys:1 {expected}");
        error.ShouldNotContain(second[..12]);
    }

    [Fact]
    public async Task AcceptNodeTokens_cannot_be_combined_with_sealed_secrets()
    {
        const string Error = "Rewt:AcceptNodeTokens cannot be combined with Sealing:Keys";

        (await FailureAsync(options => (options.Sealing.Keys, options.AcceptNodeTokens) = ([A], true))).ShouldContain(Error);
        (await FailureAsync(options => options.AcceptNodeTokens = true, services => services.AddSingleton(SealingKeys.TryRead([A], out _)! as IRewtSecretProtector))).ShouldContain(Error);
        (await FailureAsync(options => (options.Sealing.Keys, options.AcceptNodeTokens, options.Sealing.WriteUnsealed) = ([A], true, true))).ShouldBeEmpty();
        (await FailureAsync(options => options.Sealing.Keys = [A], services => services.AddSingleton(SealingKeys.TryRead([A], out _)! as IRewtSecretProtector))).ShouldContain("Rewt:Sealing:Keys and an IRewtSecretProtector");
    }

    [Fact]
    public async Task RequireSealed_needs_sealing_keys_and_excludes_WriteUnsealed()
    {
        const string Error = "Rewt:Sealing:RequireSealed needs Sealing:Keys";

        (await FailureAsync(options => options.Sealing.RequireSealed = true)).ShouldContain(Error);
        (await FailureAsync(options => (options.Sealing.Keys, options.Sealing.WriteUnsealed, options.Sealing.RequireSealed) = ([A], true, true))).ShouldContain(Error);
        (await FailureAsync(options => (options.Sealing.Keys, options.Sealing.RequireSealed) = ([A], true))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sealing_key_can_be_a_base64_text_or_a_file_in_the_content_root()
    {
        await using var redis = await RedisServer.StartAsync();
        using var directory = new ScratchDirectory();
        directory.Write("seal.key", A + "\n");
        var builder = Host.CreateEmptyApplicationBuilder(new() { ContentRootPath = directory.Path });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Rewt:Redis"] = redis.ConnectionString, ["Rewt:ServiceName"] = "orders", ["Rewt:Sealing:Keys:0"] = "seal.key" });
        builder.Services.AddRewtKeys();
        using var host = builder.Build();
        await host.StartAsync(Cancellation);
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString, With(A.TrimEnd('=').Replace('+', '-').Replace('/', '_')));

        (await other.VerifyAsync(await host.Services.GetRequiredService<IRewtSignedData>().SignTextAsync("content", Cancellation))).ShouldBe(RewtRefusal.None);
        (await redis.StoredAsync()).ShouldAllBe(text => IsSealed(text));
        await host.StopAsync(Cancellation);
    }

    [Theory]
    [InlineData("appsettings.json:Rewt:Sealing:Keys:0", "appsettings.json:ConnectionStrings:redis", true)]
    [InlineData("secrets.json:Rewt:Sealing:Keys:0", "secrets.json:ConnectionStrings:redis", false)]
    [InlineData("appsettings.json:Rewt:Sealing:Keys:0", "secrets.json:Rewt:Redis", false)]
    [InlineData("appsettings.json:Rewt:Sealing:Keys:0", "appsettings.Production.json:Rewt:Redis", true)]
    [InlineData("appsettings.json:Rewt:Schemes:Users:Sealing:Keys:0", "appsettings.json:Rewt:Schemes:Users:Redis", true)]
    [InlineData("appsettings.json:Rewt:Sealing:Keys:0", "appsettings.json:Rewt:Schemes:Users:Redis", true)]
    [InlineData("appsettings.json:Mine:Sealing:Keys:0", "appsettings.json:Mine:Redis", true)]
    [InlineData("appsettings.json:Rewt:Sealing:Keys:0", "appsettings.json:ConnectionStrings:cache", true)]
    public void A_sealing_key_in_appsettings_beside_the_connection_string_is_a_warning(string key, string connection, bool isFound)
    {
        using var directory = new ScratchDirectory();
        var nested = new ConfigurationBuilder();
        foreach (var file in new[] { (key, A), (connection, "localhost") }.GroupBy(setting => setting.Item1.Split(':')[0]))
        {
            directory.Write(file.Key, JsonSerializer.Serialize(file.ToDictionary(setting => setting.Item1.Split(':', 2)[1], setting => setting.Item2)));
            nested.AddJsonFile(directory[file.Key]);
        }

        // WebApplicationFactory nests the configuration of the host in another in the same manner.
        var configuration = new ConfigurationBuilder().AddConfiguration(nested.Build()).Build();
        var collection = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        collection.AddRewtKeys("Users", options => (options.Namespace, options.ServiceName) = ("users", "orders"));
        if (configuration["Mine:Redis"] is not null) collection.AddRewtKeys("Users", configuration.GetSection("Mine"));
        if (configuration["ConnectionStrings:cache"] is not null) collection.AddRewtKeys("Users", options => options.ConnectionMultiplexerFactory = () => throw new InvalidOperationException());
        using var services = collection.BuildServiceProvider();

        var options = services.GetRequiredService<IOptionsMonitor<RewtOptions>>().Get("Users");

        new SecretSeal(options, null, TimeProvider.System).Findings([]).Select(finding => finding.Code).ShouldBe(isFound ? ["sealing-key-exposed"] : []);
    }

    [Fact]
    public void A_named_scheme_without_sealing_keys_inherits_those_of_the_main_settings()
    {
        Of(_ => { }).ShouldBe((A, false, true));
        Of(scheme => scheme.Sealing.Keys = [B]).ShouldBe((B, false, false));
        Of(scheme => scheme.Sealing.WriteUnsealed = true).ShouldBe((A, true, false));
        Of(scheme => scheme.VerificationKeys = [TestAuthority.Root().Pem]).ShouldBe(("", false, false));

        static (string Keys, bool WriteUnsealed, bool RequireSealed) Of(Action<RewtOptions> scheme)
        {
            var collection = new ServiceCollection();
            collection.AddRewtKeys(options => (options.Redis, options.ServiceName, options.Sealing.Keys, options.Sealing.RequireSealed) = ("localhost", "orders", [A], true));
            collection.AddRewtKeys("Users", options => options.Namespace = "users").Configure("Users", scheme);
            using var services = collection.BuildServiceProvider();
            var sealing = services.GetRequiredService<IOptionsMonitor<RewtOptions>>().Get("Users").Sealing;
            return (string.Join(',', sealing.Keys), sealing.WriteUnsealed, sealing.RequireSealed);
        }
    }

    [Fact]
    public async Task A_protector_can_belong_to_one_namespace_and_a_missing_key_file_is_an_error()
    {
        var protector = new ScriptedProtector(SealingKeys.TryRead([A], out _)!);
        await using var services = new ServiceCollection().AddKeyedSingleton<IRewtSecretProtector>("shop", protector).BuildServiceProvider();
        var missing = new RewtOptions();
        missing.Sealing.Keys = ["/run/secrets/not-there"];

        SealingKeys.ProtectorOf(services, new RewtOptions { Namespace = "shop" }).ShouldBeSameAs(protector);
        SealingKeys.ProtectorOf(services, new RewtOptions()).ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => SealingKeys.ProtectorOf(services, missing)).Message.ShouldContain("Rewt:Sealing:Keys:0");
    }

    private static async Task<string> FailureAsync(Action<RewtOptions> configure, Action<IServiceCollection>? register = null)
    {
        var services = new ServiceCollection();
        services.AddRewtKeys(options =>
        {
            (options.Redis, options.ServiceName) = ("localhost", "orders");
            configure(options);
        });
        register?.Invoke(services);
        await using var provider = services.BuildServiceProvider();
        return (await Record.ExceptionAsync(() => Task.FromResult(provider.GetRequiredService<IOptionsMonitor<RewtOptions>>().CurrentValue)))?.Message ?? string.Empty;
    }
}
