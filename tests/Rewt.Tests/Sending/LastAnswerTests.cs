namespace Rewt.Tests.Sending;

public sealed class LastAnswerTests
{
    [Fact]
    public async Task The_second_401_causes_no_search_for_another_key()
    {
        Sender? sender = null;
        using var log = new CapturedLog();
        await using var callee = await Callee.StartAsync((context, number) =>
        {
            // From now on no key is found, and the answer says so.
            if (number == 2) sender!.Memory.Store.Set("unusable"u8.ToArray());
            return Callee.RefuseAsync(context, "Bearer error=\"invalid_token\", rewt_error=\"stale_key\"");
        });
        sender = Sender.Create(services =>
        {
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddFilter((category, _) => category == typeof(RetryHandler).FullName).AddProvider(log));
            services.AddHttpClient(Sender.Client, client => client.BaseAddress = callee.Address).AddRewtSigning("inventory");
        });
        callee.BeforeAnswer = async () =>
        {
            if (callee.Requests.Count == 1) await sender.LoseKeyAsync();
        };
        await using (sender)
        {
            (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
            callee.Requests.Count.ShouldBe(2);
            log.Text.Split('\n').Select(line => line.Split(' ', ':')[1]).ShouldBe(["Retrying", "CallRefused"]);
        }
    }
}
