using Microsoft.Extensions.Configuration;

namespace Rewt.Tests.Operations;

/// <summary>
/// Tests that messages of the running service name the configuration section that was read. <see cref="MisconfigurationTests"/> tests the messages at the start.
/// </summary>
public sealed class SectionNameTests
{
    public static TheoryData<string> Sections => ["Rewt", "Rewt:Schemes:Users", "Security:Calls"];

    [Theory]
    [MemberData(nameof(Sections))]
    public void A_message_of_the_key_ring_names_the_section_that_was_read(string section)
    {
        using var services = Services(section, $"{section}:Redis=127.0.0.1:1", $"{section}:ServiceName=orders", $"{section}:Tenants:Enabled=true");
        var name = section == "Rewt:Schemes:Users" ? "Users" : string.Empty;

        services.GetRequiredKeyedService<KeyRingProvider>(name).Health().DegradedReason.ShouldNotBeNull().ShouldEndWith($"Check Redis and {section}:Redis.");
        Should.Throw<InvalidOperationException>(() => services.GetRequiredKeyedService<TokenSigners>(name).For(null)).Message.ShouldStartWith($"{section}:Tenants:Enabled is true");
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void An_error_of_a_client_or_of_JwtBearer_names_the_section_of_its_scheme(string section)
    {
        var scheme = section == "Rewt:Schemes:Users" ? "Users" : RewtDefaults.AuthenticationScheme;
        using var services = Services(
            section,
            collection =>
            {
                collection.AddHttpClient("stock").AddRewtSigning(options => options.Scheme = scheme == "Users" ? scheme : options.Scheme);
                collection.Configure<JwtBearerOptions>(scheme, options => options.TokenValidationParameters.ClockSkew = TimeSpan.FromMinutes(1));
            },
            "ConnectionStrings:redis=127.0.0.1:1",
            $"{section}:ServiceName=orders",
            $"{section}:KeyMode=KeyPair");

        Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IOptionsMonitor<RewtSigningOptions>>().Get("stock")).Message.ShouldContain($"{section}:KeyMode is KeyPair");
        Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(scheme)).Message.ShouldContain($"set {section}:ClockSkew instead");
    }

    [Theory]
    [InlineData("Rewt:Redis", "Rewt:Redis")]
    [InlineData("Rewt:Schemes:Users:Redis", "Rewt:Schemes:Users:Redis")]
    [InlineData("ConnectionStrings:redis", "ConnectionStrings:redis")]
    public async Task The_log_names_the_setting_of_the_connection_that_a_scheme_uses(string setting, string expected)
    {
        var port = FreePort.Next();
        await using var service = await TestService.HostAsync(
            builder =>
            {
                builder.Configuration[setting] = $"127.0.0.1:{port}";
                builder.Configuration["Rewt:Schemes:Users:Namespace"] = "users";
                builder.Services.AddRewtAuthentication("Users");
            },
            inProcess: true);

        service.Log.Text.ShouldContain($"The keys of users are in Redis. Rewt uses a connection to 127.0.0.1:{port} from {expected}: ");
        await Eventually.TrueAsync(
            () => Task.FromResult(service.Log.Text.Contains($"correct host and port in {expected}.", StringComparison.Ordinal)), () => $"the outage is explained with {expected}: {service.Log.Text}");
    }

    private static ServiceProvider Services(string section, params string[] settings) => Services(section, _ => { }, settings);

    private static ServiceProvider Services(string section, Action<IServiceCollection> register, params string[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).ToDictionary(parts => parts[0], parts => (string?)parts[1], StringComparer.Ordinal)).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        if (section == "Rewt") services.AddRewtAuthentication();
        else if (section == "Rewt:Schemes:Users") services.AddRewtAuthentication("Users");
        else services.AddRewtAuthentication(configuration.GetSection(section));
        register(services);
        return services.BuildServiceProvider();
    }
}
