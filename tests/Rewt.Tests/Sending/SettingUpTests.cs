namespace Rewt.Tests.Sending;

public sealed class SettingUpTests
{
    [Fact]
    public async Task A_client_whose_setting_up_failed_works_when_it_succeeds()
    {
        var fails = true;
        await using var callee = await Callee.StartAsync();
        await using var stranger = await Callee.StartAsync();
        await using var sender = Sender.Create(services => services
            .AddHttpClient(Sender.Client, client => client.BaseAddress = fails ? throw new IOException("away") : callee.Address)
            .AddRewtSigning("inventory"));
        Should.Throw<IOException>(() => sender.Http());

        fails = false;
        (await sender.Http().CallAsync("/a")).Dispose();
        await Should.ThrowAsync<InvalidOperationException>(() => sender.Http().GetAsync(stranger.Address, Cancellation));

        callee.Requests.Single().Token.ShouldNotBeNull();
        stranger.Requests.ShouldBeEmpty();
    }
}
