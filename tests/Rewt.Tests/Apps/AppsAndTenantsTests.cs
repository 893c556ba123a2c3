using Microsoft.AspNetCore.TestHost;

namespace Rewt.Tests.Apps;

public sealed class AppsAndTenantsTests
{
    [Fact]
    public async Task A_service_of_tenants_takes_no_keys_of_apps_which_belong_to_none()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddRewtInMemory(options => (options.ServiceName, options.Tenants) = ("inventory", true));
        builder.Services.AddRewtAuthentication().AddRewtApiKeys();
        await using var application = builder.Build();

        var error = await Should.ThrowAsync<OptionsValidationException>(() => application.StartAsync(Cancellation));

        error.Message.ShouldContain("Rewt:Tenants must be false where AddRewtApiKeys");
    }
}
