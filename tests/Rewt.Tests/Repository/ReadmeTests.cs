using Rewt.Tests.Docs;

namespace Rewt.Tests.Repository;

public sealed class ReadmeTests
{
    [Fact]
    public void The_two_lines_of_the_README_are_among_what_is_compiled_and_run()
    {
        var marks = Page.Readme.Fences().Select(block => block.Marker).ToList();

        marks.ShouldContain("snippet: receiving");
        marks.ShouldContain("snippet: sending");
    }

    [Fact]
    public async Task The_snippets_do_what_they_say()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddRewtInMemory(options => options.ServiceName = "orders");
        Snippets.Receiving.Write(builder);
        Snippets.Sending.Write(builder);
        await using var application = builder.Build();

        application.Services.GetRequiredService<Microsoft.Extensions.Options.IStartupValidator>().Validate();

        var schemes = application.Services.GetRequiredService<Microsoft.AspNetCore.Authentication.IAuthenticationSchemeProvider>();
        (await schemes.GetDefaultAuthenticateSchemeAsync())!.HandlerType.ShouldBe(typeof(RewtHandler));
        application.Services.GetRequiredService<IHttpClientFactory>().CreateClient("inventory").BaseAddress!.Host.ShouldBe("inventory.example");
    }

    [Fact]
    public void The_test_that_the_kits_README_shows_is_under_fifteen_lines()
    {
        var block = Page.Read("src/Rewt.Testing/README.md").Fences().Single(block => block.Language == "csharp");

        block.Marker.ShouldStartWith("snippet: ");
        block.Text.ShouldStartWith("[Fact]");
        block.Text.Split('\n').Length.ShouldBeLessThan(15);
    }
}
