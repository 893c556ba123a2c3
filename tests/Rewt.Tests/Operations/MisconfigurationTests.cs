using Rewt.Tests.Apps;

namespace Rewt.Tests.Operations;

/// <summary>
/// Tests that common misconfigurations are reported with their fix at the default log level: in the exception of the start or of the call, or in a line of the log.
/// <see cref="Receiving.RefusalReasonTests"/> has the rows of refused tokens, <see cref="Faults.OutageExplanationTests"/> those of Redis.
/// </summary>
public sealed class MisconfigurationTests
{
    private static readonly SigningKey Key = KeyPair.Generate("ES256");

    private static readonly Dictionary<string, (Misconfiguration Misconfiguration, string Expected)> Cases = new(StringComparer.Ordinal)
    {
        ["a URL as the address of Redis"] = (Settings("Rewt:Redis=redis://localhost:6379"), "Rewt:Redis is a URL, not a connection string of StackExchange.Redis; write localhost:6379"),
        ["a misspelt option in the connection string"] = (Settings("Rewt:Redis=localhost:6379,pasword=x"), "is not a valid connection string of StackExchange.Redis: it has no option pasword; write host:port,password=..."),
        ["a password with a comma"] = (Settings("Rewt:Redis=localhost:6379,password=ab,cd"), "Rewt:Redis has a server after an option (name=value). Write the servers first."),
        ["no Redis"] = (Settings("Rewt:ServiceName=orders"), "Rewt:Redis is not set: set it or ConnectionStrings:redis"),
        ["a connection string without a server"] = (Settings("Rewt:Redis=ssl=true"), "Rewt:Redis contains no server; write host:port."),
        ["an empty name"] = (Settings("Rewt:ServiceName="), "Rewt:ServiceName is empty; set a value"),
        ["a name with a space"] = (Settings("Rewt:ServiceName=the orders"), "Rewt:ServiceName"),
        ["a misspelt setting"] = (Settings("Rewt:ServicName=orders"), "Rewt:ServicName is not a setting; did you mean Rewt:ServiceName?"),
        ["another misspelt setting"] = (Settings("Rewt:RotationIntervall=12:00:00"), "did you mean Rewt:RotationInterval?"),
        ["a duration in words"] = (Settings("Rewt:RotationInterval=tomorrow"), "Rewt:RotationInterval is not a duration; write hh:mm:ss"),
        ["a duration in seconds"] = (Settings("Rewt:RotationInterval=3600"), "is a number without a unit; write 01:00:00 for 3600 seconds"),
        ["a day as 24 hours"] = (Settings("Rewt:RotationInterval=24:00:00"), "has 24 hours, which .NET reads as days; write 1.00:00:00"),
        ["an unknown mode"] = (Settings("Rewt:KeyMode=Keypairs"), "Rewt:KeyMode must be SharedSecret or KeyPair."),
        ["one text for a list"] = (Settings("Rewt:TrustedIssuers=orders,shipping"), "name its first entry Rewt:TrustedIssuers:0"),
        ["a section of a scheme that is not registered"] = (Settings("Rewt:Schemes:Users:Namespace=users"), "Rewt:Schemes:Users is for a scheme that is not registered"),
        ["a misspelt setting of JwtBearer"] = (Settings("Authentication:Schemes:Rewt:ValidIsuer=orders"), "did you mean ValidIssuer?"),
        ["a lifetime over the maximum"] = (Settings("Rewt:TokenLifetime=00:10:00"), "Rewt:MaxTokenLifetime (00:05:00) must be at least TokenLifetime (00:10:00)"),
        ["a key file that is not there"] = (Settings("Rewt:SigningKey:File=no.pem"), "create one with `ssh-keygen -t rsa -b 4096 -m pem"),
        ["verification keys that are not there"] = (Settings("Rewt:VerificationKeys:0=no.pem"), "does not exist"),
        ["two schemes in one namespace"] = (Register(services => services.AddAuthentication().AddRewt("Users", _ => { })), "Set Namespace of the scheme 'Users' to another value."),
        ["a tenant selector without tenants"] = (Register(services => services.AddAuthentication().AddRewtTenantSelector(_ => "a")), "Rewt:Tenants:Enabled must be true: AddRewtTenantSelector"),
        ["API keys with tenants"] = (Register(services => services.AddAuthentication().AddRewtApiKeys(), "Rewt:Tenants:Enabled=true"), "Rewt:Tenants:Enabled must be false with AddRewtApiKeys"),
        ["signing for every client"] = (Register(services => services.ConfigureHttpClientDefaults(client => client.AddRewtSigning("inventory"))), "AllowedOrigins is required with ConfigureHttpClientDefaults"),
        ["a dashboard without a policy"] = (new Misconfiguration(Map: application => application.MapRewtDashboard("/rewt")), "call AddAuthorization(options => options.AddPolicy(\"RewtDashboard\""),
        ["a call over plain http"] = (Call("http://inventory.example/"), "AllowInsecureHttp"),
        ["a call to another host"] = (Call("https://inventory.example/", "https://elsewhere.example/"), "AllowedOrigins only if it is a service of your own"),
        ["a call without a tenant"] = (Call("https://inventory.example/", settings: "Rewt:Tenants:Enabled=true"), "Use IRewtTenants.Tokens(tenant), request.SetRewtTenant(tenant) or AddRewtTenantSelector."),
        ["a client that does not sign"] = (Request(null), "(NoToken). The request has no bearer token. The client must sign (AddRewtSigning) and be created by its name with IHttpClientFactory"),
        ["an API key as a bearer token"] = (Request("rewt_acme_key"), "(OtherType). The bearer token is an API key. Send the API key in the header X-Api-Key"),
        ["a directory as a key file"] = (Settings($"Rewt:SigningKey:File={AppContext.BaseDirectory}"), "which is a directory; a container runtime mounts a missing file as a directory"),
        ["a directory as a file of verification keys"] = (Settings($"Rewt:VerificationKeys:0={AppContext.BaseDirectory}"), "is a directory; a container runtime mounts a missing file as a directory"),
        ["a token that is too long"] = (Request(new string('x', 8193)), "(NoToken). The bearer token of the request has 8193 characters, but at most 8192 are accepted."),
        ["a token of another issuer"] = (Request(HandmadeToken.Sign(Ring.Rings.Secret("another"), type: "JWT")), "(OtherType). The token is not a token of Rewt (typ rewt+jwt)."),
        ["a header of the client's own code"] = (Send("Basic c2VjcmV0OnBhc3N3b3Jk"), "(NoToken). The Authorization header of the request has the scheme 'Basic' instead of Bearer. If the client has AddRewtSigning, its own code sets the header"),
        ["an API key at a service without API keys"] = (Send("ApiKey rewt_acme_key"), "Only AddRewtApiKeys makes the scheme Rewt accept API keys."),
        ["the token of a user that the client forwards"] = (Request(HandmadeToken.Sign(Ring.Rings.Secret("another"), type: "JWT")), "A client with AddRewtSigning does not replace a token that its own code sets."),
        ["a key file that the receiver does not have"] = (Request(HandmadeToken.Sign(Key), $"Rewt:VerificationKeys:0={PublicKeyPem()}"), "is not in Rewt:VerificationKeys. Add the current public key of the sender"),
        ["a key file and a receiver with Redis"] = (Request(HandmadeToken.Sign(Key)), "(OtherKeyMode). Its key '" + Key.KeyId + "' is of another kind than the keys of this service. Set the same Rewt:KeyMode in both services, or set Rewt:AlsoAccept here. For a sender with Rewt:SigningKey, set Rewt:VerificationKeys."),
        ["an issuer that TokenValidationParameters does not permit"] = (OfRule(parameters => parameters.ValidIssuers = ["billing"]), "(ValidationRule). JwtBearerOptions.TokenValidationParameters permits only the issuers 'billing'."),
        ["a rule of TokenValidationParameters"] = (OfRule(parameters => parameters.IssuerValidator = (_, _, _) => throw new SecurityTokenInvalidIssuerException("no")), "or a claim cannot be read ('SecurityTokenInvalidIssuerException')."),
        ["a tenant in other letters"] = (OfTenant("Acme"), "(OtherTenant). Its tenant is 'acme', but the function of AddRewtTenantSelector returns 'Acme' for the request."),
        ["a tenant selector that runs before the routing"] = (OfTenant(null), "(OtherTenant). Its tenant is 'acme', but the function of AddRewtTenantSelector returns none for the request. If the function reads route values, call UseRouting before UseAuthentication."),
        ["an issuer that a named scheme does not trust"] = (OfScheme("Rewt:Schemes:Users:TrustedIssuers:0=billing"), "is not in Rewt:Schemes:Users:TrustedIssuers ('billing')"),
        ["a token of Node at a named scheme"] = (OfScheme("Rewt:Schemes:Users:TrustedIssuers:0=orders", type: "JWT"), "set Rewt:Schemes:Users:AcceptNodeTokens"),
        ["a token without a tenant"] = (Request(HandmadeToken.Sign(Ring.Rings.Secret("another")), "Rewt:Tenants:Enabled=true"), "(MissingTenant). It has no tenant, but Rewt:Tenants:Enabled is true."),
    };

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    /// <summary>The cases in which only settings of the section <c>Rewt</c> are wrong.</summary>
    public static TheoryData<string> SettingNames => [.. Cases.Where(row => row.Value.Misconfiguration is { UsesInMemoryKeys: false, Settings: [var setting, ..] } && setting.StartsWith("Rewt:", StringComparison.Ordinal) && !setting.StartsWith("Rewt:Schemes:", StringComparison.Ordinal)).Select(row => row.Key)];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public async Task A_misconfiguration_is_reported_with_its_fix(string name)
    {
        var (misconfiguration, expected) = Cases[name];

        (await misconfiguration.ReportAsync()).ShouldContain(expected);
    }

    [Theory]
    [MemberData(nameof(SettingNames))]
    public async Task A_misconfiguration_of_a_named_scheme_or_in_another_section_is_reported_with_the_names_of_its_section(string name)
    {
        var (misconfiguration, expected) = Cases[name];
        foreach (var section in new[] { "Rewt:Schemes:Users", "Security:Calls" })
        {
            var moved = misconfiguration with { Section = section, Settings = [.. misconfiguration.Settings!.Select(Move)] };

            (await moved.ReportAsync()).ShouldContain(Move(expected));

            string Move(string text) => text.Replace("Rewt:", section + ":", StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("unknown", "(Unknown). No app has this key. Check that the key was created in the Redis and Rewt:Namespace of this service")]
    [InlineData("mistyped", "(Malformed). It does not have the form of an API key")]
    [InlineData("other service", "(OtherService). The key is valid, but the app acme may not call 'orders'. Add the service to the app's Audiences.")]
    [InlineData("revoked", "of the app acme was revoked. Create a new key for the app.")]
    public async Task A_refused_API_key_is_reported_with_its_reason(string kind, string expected)
    {
        await using var service = await Apps.AppService.StartAsync();
        var key = (await service.AddAcmeAsync(audiences: [kind == "other service" ? "inventory" : "orders"])).Key;
        if (kind == "revoked") await service.Apps.RevokeAsync("acme", Cancellation);

        using var answer = await service.GetAsync("/counted", ("X-Api-Key", kind switch { "unknown" => ApiKeyFormat.Create("acme"), "mistyped" => key[..^1], _ => key }));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        service.Log.Text.ShouldContain(expected);
        service.Log.Text.ShouldNotContain(key[10..40]);
    }

    private static Misconfiguration Settings(params string[] settings) => new(Settings: settings, UsesInMemoryKeys: false);

    private static Misconfiguration Register(Action<IServiceCollection> register, params string[] settings) => new(register, Settings: settings);

    private static Misconfiguration Call(string baseAddress, string? address = null, params string[] settings) => new(
        services => services.AddHttpClient("inventory", client => client.BaseAddress = new Uri(baseAddress)).AddRewtSigning("inventory"),
        Settings: settings,
        Act: service => service.Client("inventory").GetAsync(new Uri(address ?? "/", UriKind.RelativeOrAbsolute), Cancellation));

    private static Misconfiguration Request(string? token, params string[] settings) => new(
        Settings: settings, Act: service => service.GetAsync("/caller", token is null ? [] : ["Bearer " + token]));

    private static string PublicKeyPem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportSubjectPublicKeyInfoPem();
    }

    private static Misconfiguration Send(string authorization) => new(Act: async service => (await service.GetAsync("/caller", authorization)).Dispose());

    private static Misconfiguration OfRule(Action<TokenValidationParameters> configure) => new(
        services => services.Configure<JwtBearerOptions>("Rewt", options => configure(options.TokenValidationParameters)),
        Act: async service => await service.CallAsync(await service.Tokens.CreateBearerAsync(cancellationToken: Cancellation), "/caller"));

    private static Misconfiguration OfTenant(string? selected) => new(
        services => services.AddAuthentication().AddRewtTenantSelector(_ => selected),
        Settings: ["Rewt:Tenants:Enabled=true"],
        Act: async service => await service.CallAsync(await service.Services.GetRequiredService<IRewtTenants>().Tokens("acme").CreateBearerAsync(cancellationToken: Cancellation), "/caller"));

    private static Misconfiguration OfScheme(string setting, string type = "rewt+jwt") => new(
        services => services.AddAuthentication().AddRewt("Users", options => options.Namespace = "users"),
        application => application.MapGet("/users", () => "").RequireAuthorization(policy => policy.AddAuthenticationSchemes("Users").RequireAuthenticatedUser()),
        [setting],
        async service => await service.CallAsync(HandmadeToken.Sign(Ring.Rings.Secret("another"), type: type), "/users"));

    private sealed record Misconfiguration(
        Action<IServiceCollection>? Register = null,
        Action<WebApplication>? Map = null,
        string[]? Settings = null,
        Func<TestService, Task>? Act = null,
        bool UsesInMemoryKeys = true,
        string Section = "Rewt")
    {
        /// <summary>Returns the message of the exception, or the log of the service.</summary>
        public async Task<string> ReportAsync()
        {
            try
            {
                await using var service = await TestService.HostAsync(
                    builder =>
                    {
                        foreach (var (name, value) in (Settings ?? []).Select(setting => setting.Split('=', 2)).Select(parts => (parts[0], parts[1]))) builder.Configuration[name] = value;
                        if (UsesInMemoryKeys) builder.Services.AddRewtInMemoryKeys();
                        if (Section == "Rewt") builder.Services.AddRewtAuthentication();
                        else if (Section == "Rewt:Schemes:Users") builder.Services.AddRewtAuthentication("Users");
                        else builder.Services.AddRewtAuthentication(builder.Configuration.GetSection(Section));
                        Register?.Invoke(builder.Services);
                    },
                    Map,
                    inProcess: true);
                if (Act is not null && await Record.ExceptionAsync(() => Act(service)) is { } failure) return failure.Message;
                return service.Log.Text;
            }
            catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException)
            {
                return exception.Message;
            }
        }
    }
}
