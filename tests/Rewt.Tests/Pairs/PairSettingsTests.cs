using Microsoft.Extensions.Configuration;

namespace Rewt.Tests.Pairs;

public sealed class PairSettingsTests
{
    [Fact]
    public async Task A_signing_client_without_an_audience_is_a_startup_error()
    {
        var exception = await Should.ThrowAsync<OptionsValidationException>(() => TestService.StartAsync(
            null,
            "orders",
            options => options.KeyMode = KeyMode.KeyPair,
            builder => builder.Services.AddHttpClient("stock").AddRewtSigning()));

        exception.Message.ShouldContain("'stock'");
        exception.Message.ShouldContain("AddRewtSigning(\"inventory\")");
    }

    [Theory]
    [InlineData("KeyPairs:Algorithm", "HS256")]
    [InlineData("KeyPairs:Algorithm", "none")]
    [InlineData("KeyPairs:Algorithm", "ES512")]
    [InlineData("KeyPairs:Algorithm", "ES384")]
    [InlineData("KeyPairs:Algorithm", "PS256")]
    [InlineData("KeyMode", "7")]
    [InlineData("AlsoAccept", "7")]
    [InlineData("TrustedIssuers:0", "no name")]
    public void An_invalid_setting_is_an_error_that_names_the_setting(string name, string value)
    {
        using var services = Services(name, value);

        Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IOptions<RewtOptions>>().Value).Message.ShouldContain($"Rewt:{name.Split(':')[0]}");
    }

    private static ServiceProvider Services(string name, string value, params (string Name, string Value)[] more)
    {
        var settings = more.Append((name, value)).Append(("ServiceName", "orders")).ToDictionary(pair => $"Rewt:{pair.Item1}", pair => (string?)pair.Item2, StringComparer.Ordinal);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        return services.AddRewtInMemoryKeys().BuildServiceProvider();
    }
}
