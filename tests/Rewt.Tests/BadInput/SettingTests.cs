using System.Reflection;
using Microsoft.Extensions.Configuration;
using Rewt.Tests.PublicKeys;

namespace Rewt.Tests.BadInput;

/// <summary>
/// Verifies that a misspelled, empty or malformed setting is an error at startup that names the setting. The rows are created from the properties of the
/// options, so that new properties are covered.
/// </summary>
public sealed class SettingTests
{
    private static readonly List<Setting> Settings = [.. SettingsOf(typeof(RewtOptions))];

    private static readonly string[] InvalidValues = ["nonsense", "5", "3600", "24:00:00", "1:2", "00:90:00", "1:00:00:00", "\uff13\uff16\uff10\uff10", "\uff13\uff16:15:00"];

    private static readonly Type[] OptionsTypes = [typeof(RewtOptions), typeof(RewtSigningOptions), typeof(RewtApiKeyClientOptions), typeof(RewtApiKeyOptions)];

    private static readonly string[][] Sections = [["Rewt", "Mine"], ["Rewt:Schemes:Users"]];

    public static TheoryData<string, string, string?> InvalidSettings()
    {
        var rows = new TheoryData<string, string, string?>();
        foreach (var setting in Settings)
        {
            var name = setting.Path;
            rows.Add(name[..^1], name[..^1], "x");
            rows.Add(name, name, "");
            rows.Add(name, name, "  ");
            rows.Add(name, name, null);
            rows.Add(name, name + ":Inner", "x");
            if (setting.IsList)
            {
                rows.Add(name, name, "orders,shipping");
                rows.Add(name, name + ":0", "");
                rows.Add(name, name + ":0", null);
                rows.Add(name, name + ":0:Name", "orders");
                rows.Add(name, name + ":orders", "true");
                continue;
            }

            rows.Add(name, name + ":0", "00:00:30");
            if (setting.Type == typeof(string)) continue;
            foreach (var value in InvalidValues.Where(value => setting.Type != typeof(int) || value is not ("5" or "3600"))) rows.Add(name, name, value);
        }

        foreach (var group in Settings.Where(setting => setting.Owner is not RewtOptions).Select(setting => setting.Path.Split(':')[0]).Distinct(StringComparer.Ordinal))
        {
            rows.Add(group, group, "");
            rows.Add(group, group, "true");
            rows.Add(group + ":0", group + ":0", "x");
        }

        return rows;
    }

    [Fact]
    public void Every_group_of_settings_is_read() => typeof(RewtOptions).GetProperties()
        .Where(property => property.PropertyType.IsClass && property.PropertyType.Assembly == typeof(RewtOptions).Assembly).Select(property => property.Name)
        .ShouldBe(Settings.Where(setting => setting.Owner is not RewtOptions).Select(setting => setting.Path.Split(':')[0]).Distinct(StringComparer.Ordinal), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(InvalidSettings))]
    public void An_invalid_setting_is_an_error_that_names_the_setting(string name, string key, string? value)
    {
        // An error in the main section would be reported instead of an error in the section of the scheme.
        foreach (var sections in Sections)
        {
            var failures = Failures([.. sections.Select(section => ($"{section}:{key}", value))]);

            foreach (var section in sections)
            {
                failures.Select(failure => failure.Split(' ')[0]).ShouldContain(
                    setting => setting == $"{section}:{name}" || setting.StartsWith($"{section}:{name}:", StringComparison.Ordinal),
                    $"{section}:{key}={value}: {string.Join(' ', failures)}");
            }
        }
    }

    public static TheoryData<string, string, string> ValidSettings()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var setting in Settings.Where(setting => setting.Type == typeof(TimeSpan)))
        {
            rows.Add(setting.Path, "01:30:00", "01:30:00");
            rows.Add(setting.Path, " 1:30:00\n", "01:30:00");
            rows.Add(setting.Path, "2.00:00:00", "2.00:00:00");
            rows.Add(setting.Path, "00:00:02.5", "00:00:02.5000000");
        }

        foreach (var setting in Settings.Where(setting => setting.Type == typeof(bool))) rows.Add(setting.Path, " TRUE ", "True");
        rows.Add(nameof(RewtOptions.KeyMode), "keypair", "KeyPair");
        rows.Add(nameof(RewtOptions.AlsoAccept), "SharedSecret", "SharedSecret");
        rows.Add("Tenants:CacheSize", "99", "99");
        rows.Add("tenants:cachesize", "99", "99");
        rows.Add("SigningKey:File", "jwt.key", "jwt.key");
        return rows;
    }

    [Theory]
    [MemberData(nameof(ValidSettings))]
    public void An_unambiguous_value_of_a_setting_is_accepted(string name, string text, string value)
    {
        var options = new RewtOptions();

        options.Bind(Configuration(("Rewt:" + name, text)).GetSection("Rewt"));

        options.Problems.ShouldBeEmpty();
        Convert.ToString(Setting.Of(options).Single(setting => setting.Path.Equals(name, StringComparison.OrdinalIgnoreCase)).Value, CultureInfo.InvariantCulture).ShouldBe(value);
    }

    [Theory]
    [InlineData("RotationInterval", "24:00:00", "write 1.00:00:00.")]
    [InlineData("RotationInterval", "36:15:00", "write 1.12:15:00.")]
    [InlineData("MaxTokenLifetime", "5", "write 00:00:05 for 5 seconds, or 5.00:00:00 for 5 days.")]
    [InlineData("StaleBudget", "3600", "write 01:00:00 for 3600 seconds")]
    [InlineData("StaleBudget", "an hour", "write hh:mm:ss")]
    [InlineData("KeyMod", "KeyPair", "did you mean Rewt:KeyMode?")]
    [InlineData("StaleBudjet", "00:01:00", "did you mean Rewt:StaleBudget?")]
    [InlineData("trustedissuer:0", "orders", "did you mean Rewt:TrustedIssuers?")]
    [InlineData("Frobnicate", "x", "Rewt:Frobnicate is not a setting.")]
    [InlineData("SigningKeyFile", "x", "Rewt:SigningKeyFile is not a setting; did you mean Rewt:SigningKey:File?")]
    [InlineData("TenantCacheSize", "x", "did you mean Rewt:Tenants:CacheSize?")]
    [InlineData("Algorithm", "x", "did you mean Rewt:KeyPairs:Algorithm?")]
    [InlineData("MaxBoundBodyBytes", "x", "did you mean Rewt:Binding:MaxBodyBytes?")]
    [InlineData("ProxyAddsPath", "x", "did you mean Rewt:Binding:ProxyAddsPath?")]
    [InlineData("Tenants:CashSize", "x", "Rewt:Tenants:CashSize is not a setting; did you mean Rewt:Tenants:CacheSize?")]
    [InlineData("Tenants:ServiceName", "x", "did you mean Rewt:ServiceName?")]
    [InlineData("Schemes:Users:SigningKeyPassword", "x", "did you mean Rewt:Schemes:Users:SigningKey:Password?")]
    [InlineData("Tenants", "true", "Rewt:Tenants is one text, but it is a section with settings: Enabled, CacheSize.")]
    [InlineData("SigningKey", "jwt.key", "Rewt:SigningKey is one text, but it is a section with settings: File, Password.")]
    [InlineData("TrustedIssuers", "orders,shipping", "name its first entry Rewt:TrustedIssuers:0, or Rewt__TrustedIssuers__0")]
    [InlineData("TrustedIssuers", "", "set a value, or remove it for the default")]
    [InlineData("SigningKey:Certificate:Path", "x", "Rewt:SigningKey:Certificate can be set in code only; in the configuration, set Rewt:SigningKey:File.")]
    [InlineData("Schemes:User:Namespace", "users", "Rewt:Schemes:User is for a scheme that is not registered; did you mean Users?")]
    [InlineData("Schemes:Rewt:TrustedIssuers:0", "orders", "Rewt:Schemes:Rewt is for a scheme that is not registered")]
    [InlineData("Schemes:Users:ApiKey", "x", "Rewt:Schemes:Users:ApiKey is not a setting.")]
    [InlineData("Schemes:Users", "users", "Rewt:Schemes:Users is one text")]
    [InlineData("Schemes", "Users", "Rewt:Schemes is one text")]
    public void The_error_for_a_setting_suggests_a_correction(string key, string value, string advice) =>
        string.Join(' ', Failures(("Rewt:" + key, value))).ShouldContain(advice);

    [Fact]
    public void A_text_in_place_of_the_section_is_an_error() =>
        Failures(("Rewt", """{"TrustedIssuers":["orders"]}""")).ShouldContain("Rewt is one text, but it is a section with settings.");

    [Theory]
    [InlineData("ValidIssuers", "orders,shipping", "Authentication:Schemes:Rewt:ValidIssuers is one text")]
    [InlineData("ValidIssuers", "", "Authentication:Schemes:Rewt:ValidIssuers is empty")]
    [InlineData("ValidIsuers:0", "orders", "did you mean ValidIssuers?")]
    [InlineData("TrustedIssuers:0", "orders", "Authentication:Schemes:Rewt:TrustedIssuers is not a setting of JwtBearer")]
    [InlineData("ValidIssuer:0", "orders", "Authentication:Schemes:Rewt:ValidIssuer is a list or a section, but one value is expected")]
    [InlineData("ValidIssuer", "", "Authentication:Schemes:Rewt:ValidIssuer is empty")]
    [InlineData("ValidAlgorithms:0", "HS256", "Authentication:Schemes:Rewt:ValidAlgorithms is not a setting of JwtBearer")]
    [InlineData("Audience", "inventory", "Authentication:Schemes:Rewt:Audience is not a setting of JwtBearer")]
    public void An_invalid_setting_of_JwtBearer_that_would_allow_any_issuer_is_an_error(string key, string value, string error) =>
        string.Join(' ', Failures(("Authentication:Schemes:Rewt:" + key, value))).ShouldContain(error);

    [Fact]
    public void A_text_in_place_of_the_section_of_JwtBearer_is_an_error() =>
        Failures(("Authentication:Schemes:Rewt", "orders")).ShouldContain("Authentication:Schemes:Rewt is one text, but it is a section with settings.");

    /// <summary>Without its section, the service would have no TrustedIssuers and accept every issuer.</summary>
    [Theory]
    [InlineData("", null)]
    [InlineData("", "")]
    [InlineData("Users", null)]
    public void A_missing_section_that_the_application_passes_is_an_error_that_names_the_section(string scheme, string? value)
    {
        var configuration = Configuration(("Rewt:ServiceName", "inventory"), ("Rewt:Redis", "localhost"), ("Rewt:Schemes:Users:Namespace", "users"), ("Security:Calls:TrustedIssuers:0", "orders"), ("Security:Cals", value));
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        services.AddRewtKeys("Users").AddRewtKeys(scheme, configuration.GetSection("Security:Cals"));
        using var provider = services.BuildServiceProvider();

        Should.Throw<OptionsValidationException>(() => provider.GetRequiredService<IOptionsMonitor<RewtOptions>>().Get(scheme))
            .Failures.ShouldHaveSingleItem().ShouldStartWith("The configuration has no section Security:Cals, or the section is empty.");
    }

    [Fact]
    public void Valid_settings_of_JwtBearer_are_accepted() => Failures(
        ("Authentication:Schemes:Rewt:ValidIssuers:0", "orders"), ("Authentication:Schemes:Rewt:ValidAudience", "inventory"), ("Authentication:Schemes:Rewt:SaveToken", "false"),
        ("Authentication:Schemes:Bearer:Anything", "x")).ShouldBeEmpty();

    [Fact]
    public void All_errors_of_the_section_are_reported_together() =>
        Failures(("Rewt:KeyMod", "KeyPair"), ("Rewt:TrustedIssuers", "orders"), ("Rewt:ClockSkew", "5"), ("Rewt:ServiceName", "a b")).Count.ShouldBe(4);

    [Fact]
    public void The_errors_for_many_unknown_names_are_limited_and_count_the_rest()
    {
        var failures = Failures([.. Enumerable.Range(0, 30).Select(number => ($"Rewt:Unknown{number}", (string?)"x"))]);

        failures.Count.ShouldBe(11);
        failures.ShouldContain("Rewt has 20 more names that are not settings; give the section of Rewt itself.");
    }

    [Fact]
    public void An_error_in_the_main_section_is_also_an_error_of_a_named_scheme()
    {
        var services = new ServiceCollection().AddSingleton<IConfiguration>(Configuration(("Rewt:ServiceNam", "orders"), ("Rewt:Redis", "localhost")));
        services.AddRewtKeys("Users");
        using var provider = services.BuildServiceProvider();

        Should.Throw<OptionsValidationException>(() => provider.GetRequiredService<IOptionsMonitor<RewtOptions>>().Get("Users")).Message.ShouldContain("did you mean Rewt:ServiceName?");
    }

    [Fact]
    public void A_custom_section_replaces_the_lists_of_the_section_Rewt()
    {
        var configuration = Configuration(("Rewt:TrustedIssuers:0", "orders"), ("Mine:TrustedIssuers:0", "shipping"));
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        services.AddRewtInMemoryKeys(options => options.ServiceName = "inventory").AddRewtKeys(configuration.GetSection("Mine"));
        using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IOptions<RewtOptions>>().Value.TrustedIssuers.ShouldBe(["shipping"]);
    }

    /// <summary>The other entries of the earlier source would stay in force.</summary>
    [Theory]
    [InlineData("Rewt:TrustedIssuers", 1, "entry 1 of the earlier source")]
    [InlineData("Rewt:TrustedIssuers", 2, "entry 2 of the earlier source")]
    [InlineData("Rewt:TrustedIssuers", 0, "entry 0 of the earlier source")]
    [InlineData("Rewt:TrustedIssuers", 3, null)]
    [InlineData("Rewt:TrustedIssuers", 4, null)]
    [InlineData("Rewt:Schemes:Users:TrustedIssuers", 1, "entry 1 of the earlier source")]
    [InlineData("Mine:TrustedIssuers", 1, "entry 1 of the earlier source")]
    [InlineData("Authentication:Schemes:Rewt:ValidIssuers", 1, "entry 1 of the earlier source")]
    public void A_later_configuration_source_that_shortens_a_list_is_an_error(string list, int count, string? error)
    {
        var later = count == 0 ? [(list, "")] : Enumerable.Range(0, count).Select(index => ($"{list}:{index}", (string?)"shipping"));

        var failures = Failures([($"{list}:0", "orders"), ($"{list}:1", "billing"), ($"{list}:2", "depot")], [.. later]);

        if (error is null) failures.ShouldBeEmpty();
        else failures.ShouldHaveSingleItem().ShouldSatisfyAllConditions(failure => failure.ShouldStartWith(list), failure => failure.ShouldContain(error));
    }

    [Theory]
    [InlineData("Rewt:Sealing:Keys")]
    [InlineData("Rewt:Identity:Authorities")]
    [InlineData("Rewt:Identity:Names")]
    public void A_shortened_list_of_the_main_section_is_an_error_of_a_named_scheme_that_inherits_the_list(string list)
    {
        var configuration = ConfigurationOf([[("Rewt:Redis", "localhost"), ($"{list}:0", "one"), ($"{list}:1", "other")], [($"{list}:0", "another")]]);
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        services.AddRewtKeys("Users");
        using var provider = services.BuildServiceProvider();

        var error = Should.Throw<OptionsValidationException>(() => provider.GetRequiredService<IOptionsMonitor<RewtOptions>>().Get("Users"));

        error.Failures.ShouldContain(failure => failure.StartsWith($"{list} is in several configuration sources", StringComparison.Ordinal));
    }

    [Fact]
    public void A_later_configuration_source_may_change_or_add_an_entry_of_a_list() =>
        Failures([("Rewt:TrustedIssuers:0", "orders"), ("Rewt:TrustedIssuers:1", "billing")], [("Rewt:TrustedIssuers:1", "shipping"), ("Rewt:TrustedIssuers:2", "depot")]).ShouldBeEmpty();

    public static TheoryData<Type, string, string?> EmptyValuesInCode()
    {
        var rows = new TheoryData<Type, string, string?>();
        foreach (var type in OptionsTypes)
        {
            // A password may be any text, including an empty one.
            foreach (var setting in SettingsOf(type).Where(setting => setting.Path != "SigningKey:Password"))
            {
                if (setting.IsList) rows.Add(type, setting.Path, null);
                if (setting.Type != typeof(string) && !setting.IsList) continue;
                rows.Add(type, setting.Path, " ");
                // The empty name stands for the default scheme.
                if (setting.Path != nameof(RewtSigningOptions.Scheme)) rows.Add(type, setting.Path, "");
            }
        }

        return rows;
    }

    /// <summary>An empty name or entry, or a missing list, must not be treated as the more permissive default.</summary>
    [Theory]
    [MemberData(nameof(EmptyValuesInCode))]
    public void An_empty_value_set_in_code_is_an_error_that_names_the_setting(Type type, string name, string? value)
    {
        var failure = Should.Throw<Exception>(() => Validate([], options => SetValue(options, type, name, value)));

        failure.Message.ShouldContain(name);
    }

    public static TheoryData<Type, string, TimeSpan> ExtremeDurations()
    {
        var rows = new TheoryData<Type, string, TimeSpan>();
        foreach (var type in OptionsTypes)
        {
            foreach (var setting in SettingsOf(type).Where(setting => (Nullable.GetUnderlyingType(setting.Type) ?? setting.Type) == typeof(TimeSpan)))
            {
                rows.Add(type, setting.Path, TimeSpan.MinValue);
                rows.Add(type, setting.Path, TimeSpan.MaxValue);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(ExtremeDurations))]
    public void The_shortest_and_the_longest_TimeSpan_are_errors_that_name_the_setting(Type type, string name, TimeSpan value)
    {
        var failure = Should.Throw<Exception>(() => Validate([], options => SetValue(options, type, name, value)));

        failure.Message.ShouldContain(name);
    }

    [Fact]
    public void A_PEM_text_with_escaped_line_breaks_is_accepted_in_place_of_a_file()
    {
        var pem = JwkRows.P256.ExportPkcs8PrivateKeyPem();
        var publicPem = JwkRows.Rsa2048.ExportSubjectPublicKeyInfoPem();
        foreach (var (key, verification) in new[] { (pem, publicPem), (WithEscapedLineBreaks(pem), WithEscapedLineBreaks(publicPem)), ("\n" + pem + "\n", " " + publicPem) })
        {
            Validate([("Rewt:SigningKey:File", key), ("Rewt:VerificationKeys:0", verification)], _ => { });
        }

        var encrypted = JwkRows.P256.ExportEncryptedPkcs8PrivateKeyPem("a password", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        Failures(("Rewt:SigningKey:File", encrypted)).Single().ShouldContain("set its password in SigningKey:Password");
        Failures(("Rewt:SigningKey:File", pem[..100])).Single().ShouldContain("incomplete or damaged");
    }

    [Theory]
    [InlineData("http://x.localhost", true)]
    [InlineData("http://LOCALHOST:5000", true)]
    [InlineData("http://127.0.0.2", true)]
    [InlineData("http://[::1]:80", true)]
    [InlineData("http://localhost.evil.example", false)]
    [InlineData("http://xlocalhost", false)]
    [InlineData("http://10.0.0.1", false)]
    public void Plain_HTTP_to_another_machine_requires_AllowInsecureHttp(string origin, bool isLoopback)
    {
        Origin.TryParse(origin)!.IsInTheClear.ShouldBe(!isLoopback);
        Failures(("Rewt:VerificationKeys:0", origin + "/jwks.json")).Any(failure => failure.Contains("AllowInsecureHttp", StringComparison.Ordinal)).ShouldBe(!isLoopback);
    }

    [Theory]
    [InlineData("https://payments.example")]
    [InlineData("wss://payments.example")]
    public void An_encrypted_origin_does_not_require_AllowInsecureHttp(string origin) => Origin.TryParse(origin)!.IsInTheClear.ShouldBeFalse();

    [Fact]
    public async Task The_effective_settings_are_logged_once_at_startup()
    {
        await using var service = await TestService.StartAsync(
            null,
            settings: options => (options.TrustedIssuers, options.RotationInterval, options.AcceptNodeTokens) = (["orders", "shipping"], TimeSpan.FromHours(36), true),
            configure: builder => builder.Services.AddAuthentication().AddRewt("Partners", options =>
            {
                options.VerificationKeys.Add(JwkRows.Rsa2048.ExportSubjectPublicKeyInfoPem());
                options.SigningKey.File = JwkRows.P256.ExportPkcs8PrivateKeyPem();
            }));

        var lines = service.Log.Text.Split('\n').Where(line => line.StartsWith("Information SettingsInForce: ", StringComparison.Ordinal)).ToList();
        lines.Count.ShouldBe(2);
        lines[0].ShouldContain("The settings of inventory in the namespace rewt: KeyMode SharedSecret, keys from the memory of this process.");
        lines[0].ShouldContain("It accepts tokens of SharedSecret by orders, shipping, and of Node's rewt by any issuer. Each service with the shared secret can sign as any issuer.");
        lines[0].ShouldContain("RotationInterval 1.12:00:00");
        lines[0].ShouldContain("RefreshInterval 00:00:05, PropagationDelay 00:00:10");
        foreach (var setting in Settings.Where(setting => setting.Type == typeof(TimeSpan))) lines[0].ShouldContain(setting.Path);
        lines[1].ShouldContain("namespace Partners: KeyMode KeyPair, keys from SigningKey:File and 1 VerificationKeys. It accepts tokens of these keys by any issuer.");
    }

    /// <summary>Returns the settings of a type of options, including the settings of its groups.</summary>
    internal static IEnumerable<Setting> SettingsOf(Type type) => SettingsOf(Activator.CreateInstance(type)!);

    internal static Setting? Find(object options, string name) => SettingsOf(options).FirstOrDefault(setting => setting.Path == name);

    private static IEnumerable<Setting> SettingsOf(object options) => options is RewtOptions settings ? Setting.Of(settings)
        : options.GetType().GetProperties().Where(property => property.CanWrite && property.DeclaringType == options.GetType()).Select(property => new Setting(property.Name, property, options));

    private static string WithEscapedLineBreaks(string pem) => pem.Replace("\n", "\\n", StringComparison.Ordinal);

    private static void SetValue(object options, Type type, string name, object? value)
    {
        if (options.GetType() != type) return;
        var setting = Find(options, name)!;
        try
        {
            setting.Value = setting.IsList && value is string entry ? new List<string> { entry } : value;
        }
        catch (TargetInvocationException exception)
        {
            throw exception.InnerException!;
        }
    }

    private static List<string> Failures(params (string Name, string? Value)[] settings) => Failures(settings, []);

    private static List<string> Failures((string Name, string? Value)[] settings, (string Name, string? Value)[] later)
    {
        try
        {
            Validate(settings, _ => { }, later);
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return [.. exception.Failures];
        }
        catch (AggregateException exception)
        {
            // The options of the scheme and of the client read the main options, so that an error there occurs several times.
            return [.. exception.InnerExceptions.Cast<OptionsValidationException>().SelectMany(inner => inner.Failures).Distinct(StringComparer.Ordinal)];
        }
    }

    /// <summary>Validates the options of a service with a second scheme, a signing client and API keys on both sides.</summary>
    private static void Validate((string Name, string? Value)[] settings, Action<object> configure, (string Name, string? Value)[]? later = null)
    {
        var configuration = ConfigurationOf([[("Rewt:Schemes:Users:Namespace", "users"), ("ConnectionStrings:redis", "127.0.0.1:1"), .. settings], later ?? []]);
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging();
        var authentication = services.AddRewtAuthentication(options =>
        {
            options.ServiceName ??= "inventory";
            if (settings.Any(setting => setting.Name.StartsWith("Mine", StringComparison.Ordinal))) options.Bind(configuration.GetSection("Mine"));
            configure(options);
        });
        authentication.AddRewtApiKeys(options => configure(options));
        authentication.AddRewt("Users", _ => { });
        services.AddHttpClient("stock").AddRewtSigning(options =>
        {
            options.Audience = "inventory";
            configure(options);
        });
        services.AddHttpClient("partner").AddRewtApiKey(options =>
        {
            options.ApiKey = ApiKeyFormat.Create("acme");
            configure(options);
        });
        using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IStartupValidator>().Validate();
        provider.GetRequiredService<IOptionsMonitor<RewtApiKeyOptions>>().Get(RewtDefaults.ApiKeyScheme).Validate();
    }

    private static IConfigurationRoot Configuration(params (string Name, string? Value)[] settings) => ConfigurationOf([settings]);

    private static IConfigurationRoot ConfigurationOf((string Name, string? Value)[][] sources)
    {
        var configuration = new ConfigurationBuilder();
        foreach (var source in sources)
        {
            var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in source) all[name] = value;
            configuration.AddInMemoryCollection(all);
        }

        return configuration.Build();
    }
}
