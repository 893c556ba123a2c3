namespace Rewt.Tests.Sending;

public sealed class ClientConfigurationTests
{
    [Fact]
    public async Task A_client_works_after_an_earlier_failure_of_its_configuration()
    {
        var fails = true;
        await using var callee = await Callee.StartAsync();
        await using var otherOrigin = await Callee.StartAsync();
        await using var sender = Sender.Create(services => services
            .AddHttpClient(Sender.Client, client => client.BaseAddress = fails ? throw new IOException("unavailable") : callee.Address)
            .AddRewtSigning("inventory"));
        Should.Throw<IOException>(() => sender.Http());

        fails = false;
        (await sender.Http().CallAsync("/a")).Dispose();
        await Should.ThrowAsync<InvalidOperationException>(() => sender.Http().GetAsync(otherOrigin.Address, Cancellation));

        callee.Requests.Single().Token.ShouldNotBeNull();
        otherOrigin.Requests.ShouldBeEmpty();
    }
}
