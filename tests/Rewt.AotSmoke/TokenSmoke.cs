using Microsoft.Extensions.Options;

namespace Rewt.AotSmoke;

/// <summary>Signs and verifies tokens with keys in memory and with settings of each type.</summary>
internal static class TokenSmoke
{
    public static async Task RunAsync()
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Rewt:ServiceName"] = "smoke",
            ["Rewt:RotationInterval"] = "02:00:00",
            ["Rewt:Tenants:CacheSize"] = "123",
            ["Rewt:TrustedIssuers:0"] = "smoke",
            ["Rewt:AlsoAccept"] = "SharedSecret",
            ["Rewt:AllowInsecureHttp"] = "true",
        };

        foreach (var mode in new[] { KeyMode.SharedSecret, KeyMode.KeyPair })
        {
            settings["Rewt:KeyMode"] = mode.ToString();
            var services = new ServiceCollection();
            services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
            services.AddLogging();
            services.AddRewtInMemoryKeys();
            await using var provider = services.BuildServiceProvider();

            var options = provider.GetRequiredService<IOptions<RewtOptions>>().Value;
            Check(options.KeyMode == mode && options.AlsoAccept == KeyMode.SharedSecret && options.AllowInsecureHttp, "enums and Booleans are bound");
            Check(options.RotationInterval == TimeSpan.FromHours(2) && options.RefreshInterval == TimeSpan.FromSeconds(5), "times are bound, unset times are derived");
            Check(options.Tenants.CacheSize == 123, "numbers are bound");
            Check(options.TrustedIssuers is ["smoke"], "lists are bound");

            provider.GetService<IStartupValidator>()?.Validate();
            var hosted = provider.GetServices<IHostedService>().ToList();
            foreach (var service in hosted) await service.StartAsync(CancellationToken.None);

            var tokens = provider.GetRequiredService<IRewtTokens>();
            var data = provider.GetRequiredService<IRewtSignedData>();
            Check((await data.VerifyAsync(await data.SignTextAsync("grüße"))).Text == "grüße", "signed text is verified");
            ReadOnlyMemory<byte> bytes = new byte[] { 1, 2, 3 };
            Check((await data.VerifyAsync(await data.SignBytesAsync(bytes))).Bytes is [1, 2, 3], "signed bytes are verified");

            var token = await data.SignAsync(new Order("u-42", 7), SmokeJson.Default.Order);
            Check((await data.VerifyAsync(token)).Get(SmokeJson.Default.Order) == new Order("u-42", 7), "a signed value is verified");
            var half = token.Length / 2;
            var forged = string.Concat(token.AsSpan(0, half), token[half] == 'A' ? "B" : "A", token.AsSpan(half + 1));
            Check(!(await data.VerifyAsync(forged)).IsValid, "a forged token is refused");

            var claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["userId"] = "u-42", ["level"] = 3, ["roles"] = new[] { "a", "b" }, ["admin"] = true };
            var bearer = await tokens.VerifyBearerAsync(await tokens.CreateBearerAsync("smoke", claims));
            Check(bearer.IsValid && bearer.Identity!.FindFirst("userId")?.Value == "u-42" && bearer.Identity.FindAll("roles").Count() == 2, "claims are read");

            var ring = provider.GetRequiredService<IRewtKeyRing>();
            var old = await data.SignTextAsync("before");
            await ring.RotateAsync();
            Check((await data.VerifyAsync(old)).IsValid, "a token is valid after a rotation");
            await ring.RevokeAsync((await data.VerifyAsync(old)).KeyId!);
            Check((await data.VerifyAsync(old)).Refusal == RewtRefusal.StaleKey, "a token is refused after the revocation of its key");

            foreach (var service in hosted) await service.StopAsync(CancellationToken.None);
        }
    }

    private static void Check(bool condition, string expectation)
    {
        if (!condition) throw new InvalidOperationException($"Not true: {expectation}.");
    }
}
