namespace Rewt.Tests.Repository;

public sealed class ReadmeTests
{
    [Fact]
    public async Task The_README_snippets_register_the_scheme_and_the_client()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddRewtInMemoryKeys(options => options.ServiceName = "orders");
        Snippets.Receiving.Register(builder);
        Snippets.Sending.Register(builder);
        await using var application = builder.Build();

        application.Services.GetRequiredService<Microsoft.Extensions.Options.IStartupValidator>().Validate();

        var schemes = application.Services.GetRequiredService<Microsoft.AspNetCore.Authentication.IAuthenticationSchemeProvider>();
        (await schemes.GetDefaultAuthenticateSchemeAsync())!.HandlerType.ShouldBe(typeof(RewtHandler));
        application.Services.GetRequiredService<IHttpClientFactory>().CreateClient("inventory").BaseAddress!.Host.ShouldBe("inventory.example");
    }
}
