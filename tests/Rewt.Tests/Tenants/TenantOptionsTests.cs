namespace Rewt.Tests.Tenants;

/// <summary>Tests that invalid settings of tenants stop the start with a message that names the setting.</summary>
public sealed class TenantOptionsTests
{
    [Fact]
    public async Task Tenants_cannot_be_combined_with_key_pairs_or_Node_tokens()
    {
        (await FailureAsync(options => (options.Tenants.Enabled, options.KeyMode) = (true, KeyMode.KeyPair))).ShouldContain("Rewt:Tenants");
        (await FailureAsync(options => (options.Tenants.Enabled, options.AcceptNodeTokens) = (true, true))).ShouldContain("remove AlsoAccept, AcceptNodeTokens");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(1_000_001)]
    public async Task A_cache_size_that_is_out_of_bounds_is_an_error(int size) =>
        (await FailureAsync(options => (options.Tenants.Enabled, options.Tenants.CacheSize) = (true, size))).ShouldContain("Rewt:Tenants:CacheSize must be from 16 to 1,000,000");

    [Fact]
    public async Task A_tenant_selector_for_an_unknown_scheme_is_an_error() => (await FailureAsync(
        options => options.Tenants.Enabled = true, services => services.AddAuthentication().AddRewtTenantSelector(_ => "acme", "Users"))).ShouldContain("'Users'");

    [Fact]
    public async Task Tenant_settings_are_read_from_the_configuration()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await TestService.StartAsync(redis.ConnectionString, configure: builder =>
        {
            builder.Configuration["Rewt:Schemes:Users:Tenants:Enabled"] = "true";
            builder.Configuration["Rewt:Schemes:Users:Tenants:CacheSize"] = "99";
            builder.Configuration["Rewt:Schemes:Users:Namespace"] = "users";
            builder.Services.AddAuthentication().AddRewt("Users", static _ => { });
        });

        host.Services.GetRequiredService<IOptionsMonitor<RewtOptions>>().Get("Users").Tenants.CacheSize.ShouldBe(99);
        await host.Services.GetRequiredKeyedService<IRewtTenants>("Users").DeleteTenantAsync("u-1", Cancellation);
        (await redis.CliAsync("ZCARD", "{users:rewt-secret}:tenants")).ShouldBe("1");
    }

    private static async Task<string> FailureAsync(Action<RewtOptions> settings, Action<IServiceCollection>? configure = null)
    {
        try
        {
            await using var service = await TestService.StartAsync(null, settings: settings, configure: builder => configure?.Invoke(builder.Services));
            return string.Empty;
        }
        catch (Exception error) when (error is OptionsValidationException or InvalidOperationException)
        {
            return error.Message;
        }
    }
}
