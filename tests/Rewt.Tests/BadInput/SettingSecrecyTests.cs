using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Rewt.Tests.PublicKeys;

namespace Rewt.Tests.BadInput;

/// <summary>
/// Verifies that a key in a wrong setting, complete or damaged, does not appear in errors, logs, health reports or findings. The rows are created from the
/// properties of the options, so that new properties are covered.
/// </summary>
public sealed class SettingSecrecyTests
{
    private static readonly Type[] Types = [typeof(RewtOptions), typeof(RewtSigningOptions), typeof(RewtApiKeyClientOptions), typeof(RewtApiKeyOptions)];

    private static readonly Dictionary<string, string> Keys = Create();

    public static TheoryData<Type, string> Settings()
    {
        var rows = new TheoryData<Type, string>();
        foreach (var type in Types)
        {
            // Settings that only code can set have no text.
            foreach (var setting in SettingTests.SettingsOf(type).Where(setting => type == typeof(RewtOptions) || IsText(setting))) rows.Add(type, setting.Path);
        }

        rows.Add(typeof(RewtOptions), "Unknown");
        return rows;
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task A_key_in_a_wrong_setting_does_not_appear_in_any_output(Type type, string name)
    {
        foreach (var (kind, key) in Keys)
        {
            foreach (var (damage, text) in Damaged(key).Take(IsText(Find(type, name)) ? int.MaxValue : 1))
            {
                var output = WithoutLineBreaks(await OutputAsync(type, name, text));

                foreach (var part in Parts(key)) output.ShouldNotContain(part, Case.Insensitive, $"{kind}, {damage}, in {type.Name}.{name}");
            }
        }
    }

    [Fact]
    public async Task The_error_at_startup_names_the_setting_the_length_and_the_solution()
    {
        var der = Keys["DER"];

        var output = await OutputAsync(typeof(RewtOptions), "SigningKey:File", der);

        output.ShouldContain("Rewt:SigningKey:File names a text of ");
        output.ShouldContain("set a path, or a PEM text");
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("Company.Product.InternalOrderManagementServiceVersion2")]
    [InlineData("OrderManagementInternalServiceV2ForProduction")]
    [InlineData("AKS01-Prod-EUW1-Orders2-V3-Api-Internal")]
    [InlineData("orders-3f2504e0-4f89-41d3-9a0c-0305e82c3301")]
    [InlineData("orders-3F2504E0-4F89-41D3-9A0C-0305E82C3301")]
    [InlineData("/home/Jane/Projects/app2/Keys3/v4/signing-Key-2026.pem")]
    [InlineData("my-cluster-0001-001.abcdef.0001.use1.cache.amazonaws.com:6379")]
    [InlineData("rewt_service")]
    [InlineData("preview-3f786850e387550fdab836ed7e6dc881de23001b")]
    [InlineData("/etc/ssl/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b.pem")]
    public void An_ordinary_name_is_not_recognized_as_a_key(string name)
    {
        KeyMaterial.IsLikely(name).ShouldBeFalse();
        KeyMaterial.Shown(name).ShouldBe($"'{name}'");
    }

    [Fact]
    public void Random_keys_are_recognized_as_keys()
    {
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = RandomNumberGenerator.GetBytes(138);
            KeyMaterial.IsLikely(Convert.ToBase64String(bytes)).ShouldBeTrue();
            KeyMaterial.IsLikely("/app/" + Base64Url.EncodeToString(bytes)).ShouldBeTrue();
            KeyMaterial.IsLikely(ApiKeyFormat.Create("acme")).ShouldBeTrue();
            KeyMaterial.IsLikely("/app/" + RandomNumberGenerator.GetHexString(64)).ShouldBeTrue();
        }
    }

    private static Dictionary<string, string> Create()
    {
        using var rsa = RSA.Create(2048);
        var ec = JwkRows.P256;
        var parameters = ec.ExportParameters(includePrivateParameters: true);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PEM"] = ec.ExportPkcs8PrivateKeyPem(),
            ["PEM of RSA"] = rsa.ExportRSAPrivateKeyPem(),
            ["DER"] = Convert.ToBase64String(ec.ExportPkcs8PrivateKey()),
            ["JWK"] = $$"""{"kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(parameters.Q.X)}}","y":"{{Base64Url.EncodeToString(parameters.Q.Y)}}","d":"{{Base64Url.EncodeToString(parameters.D)}}"}""",
            ["DER in hexadecimal digits"] = Convert.ToHexStringLower(ec.ExportPkcs8PrivateKey()),
            ["secret in hexadecimal digits"] = RandomNumberGenerator.GetHexString(64, lowercase: true),
            ["secret in separated hexadecimal digits"] = string.Join(':', RandomNumberGenerator.GetHexString(64, lowercase: true).Chunk(2).Select(digits => new string(digits))),
            ["API key"] = "rewt_acme_sNRJqR6-NG0_ZXUFDeMqonMe-rt_et8u6uSLpsZSzzok3UwYesM",
        };
    }

    /// <summary>A random key may contain few changes between upper case, lower case and digits, by which other keys are recognized.</summary>
    [Theory]
    [InlineData("rewt_acme_")]
    [InlineData("/run/secrets/rewt_acme_")]
    [InlineData("C:\\secrets\\rewt_acme_")]
    public void An_API_key_is_recognized_by_its_prefix_in_each_part_of_a_path(string path) =>
        KeyMaterial.IsLikely(path + new string('a', 30)).ShouldBeTrue();

    private static IEnumerable<(string Damage, string Text)> Damaged(string key)
    {
        yield return ("complete", key);
        yield return ("in quotes", $"\"{key}\"");
        yield return ("line breaks as two characters", key.ReplaceLineEndings("\\n"));
        yield return ("on one line", key.ReplaceLineEndings(" "));
        yield return ("cut off", key[..(key.Length * 3 / 4)]);
        yield return ("without its beginning", key[(key.Length / 4)..]);
        yield return ("changed", key.Replace('A', '_'));
    }

    /// <summary>Returns parts of the key that no message may contain. They are long enough to exclude a coincidence.</summary>
    private static IEnumerable<string> Parts(string key)
    {
        const int length = 16;
        var plain = string.Join(string.Empty, key.Split('\n').Where(line => !line.StartsWith("-----", StringComparison.Ordinal)));
        // A JWK and an API key begin with their public parts.
        for (var start = key[0] is '{' or 'r' ? 10 : 0; start + length <= plain.Length; start += length / 2) yield return plain.Substring(start, length);
    }

    private static string WithoutLineBreaks(string output) => output.Replace("\n", string.Empty, StringComparison.Ordinal).Replace("\\n", string.Empty, StringComparison.Ordinal);

    private static Setting? Find(Type type, string name) => SettingTests.SettingsOf(type).FirstOrDefault(setting => setting.Path == name);

    private static bool IsText(Setting? setting) => setting is { IsList: true } || setting?.Type == typeof(string);

    /// <summary>Starts a service with a text in one setting, and returns its complete output.</summary>
    private static async Task<string> OutputAsync(Type type, string name, string text)
    {
        var log = new CapturedLog();
        var output = new StringBuilder();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = "tests" });
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        if (type == typeof(RewtOptions))
        {
            builder.Configuration["Rewt:" + name + (Find(type, name) is { IsList: true } ? ":0" : "")] = text;
        }

        Register(builder, name is nameof(RewtOptions.Redis), options => Set(options, type, name, text));
        try
        {
            using var host = builder.Build();
            await host.StartAsync(Cancellation);
            var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);
            foreach (var (_, entry) in report.Entries) output.AppendLine($"{entry.Description} {entry.Exception} {string.Join(' ', entry.Data)}");
            foreach (var finding in host.Services.GetRequiredService<DoctorReports>().Of("rewt")) output.AppendLine(finding.ToString());
            await host.StopAsync(Cancellation);
        }
        catch (Exception exception) when (exception is OptionsValidationException or AggregateException or InvalidOperationException)
        {
            output.AppendLine(exception.ToString());
        }

        output.AppendJoin('\n', log.Lines);
        output.Length.ShouldBeGreaterThan(0);
        return output.ToString();
    }

    private static void Register(HostApplicationBuilder builder, bool isRedis, Action<object> configure)
    {
        if (!isRedis) builder.Services.AddRewtInMemoryKeys();
        builder.Services.AddHealthChecks().AddRewtCheck();
        builder.Services.AddRewtAuthentication().AddRewtApiKeys(options => configure(options));
        builder.Services.AddHttpClient("stock").AddRewtSigning(options =>
        {
            options.Audience = "inventory";
            configure(options);
        });
        builder.Services.AddHttpClient("partner").AddRewtApiKey(options =>
        {
            options.ApiKey = ApiKeyFormat.Create("other");
            configure(options);
        });
    }

    private static void Set(object options, Type type, string name, string text)
    {
        if (options.GetType() == type && SettingTests.Find(options, name) is { } setting) setting.Value = setting.IsList ? new List<string> { text } : text;
    }
}
