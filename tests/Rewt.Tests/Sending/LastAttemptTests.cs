namespace Rewt.Tests.Sending;

public sealed class LastAttemptTests
{
    [Fact]
    public async Task A_second_401_triggers_no_further_key_lookup()
    {
        Sender? sender = null;
        using var log = new CapturedLog();
        await using var callee = await Callee.StartAsync((context, number) =>
        {
            // From now on no key can be read.
            if (number == 2) sender!.Memory.Store.Set("unusable"u8.ToArray());
            return Callee.RefuseAsync(context, "Bearer error=\"invalid_token\", rewt_error=\"stale_key\"");
        });
        sender = Sender.Create(services =>
        {
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddFilter((category, _) => category == typeof(RetryHandler).FullName).AddProvider(log));
            services.AddHttpClient(Sender.Client, client => client.BaseAddress = callee.Address).AddRewtSigning("inventory");
        });
        callee.BeforeResponse = async () =>
        {
            if (callee.Requests.Count == 1) await sender.RevokeCurrentKeyAsync();
        };
        await using (sender)
        {
            (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
            callee.Requests.Count.ShouldBe(2);
            log.Text.Split('\n').Select(line => line.Split(' ', ':')[1]).ShouldBe(["Retrying", "CallRefused"]);
        }
    }
}
