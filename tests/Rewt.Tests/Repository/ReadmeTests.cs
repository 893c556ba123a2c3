namespace Rewt.Tests.Repository;

public sealed class ReadmeTests
{
    [Fact]
    public async Task The_snippets_do_what_they_say()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddRewtInMemoryKeys(options => options.ServiceName = "orders");
        Snippets.Receiving.Write(builder);
        Snippets.Sending.Write(builder);
        await using var application = builder.Build();

        application.Services.GetRequiredService<Microsoft.Extensions.Options.IStartupValidator>().Validate();

        var schemes = application.Services.GetRequiredService<Microsoft.AspNetCore.Authentication.IAuthenticationSchemeProvider>();
        (await schemes.GetDefaultAuthenticateSchemeAsync())!.HandlerType.ShouldBe(typeof(RewtHandler));
        application.Services.GetRequiredService<IHttpClientFactory>().CreateClient("inventory").BaseAddress!.Host.ShouldBe("inventory.example");
    }
}
