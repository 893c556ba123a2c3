namespace Rewt.Tests.Sending;

public sealed class LastAnswerTests
{
    [Fact]
    public async Task The_second_401_causes_no_search_for_another_key()
    {
        Sender? sender = null;
        var log = new Events();
        await using var callee = await Callee.StartAsync((context, number) =>
        {
            // Whoever looks now finds no key, and says so.
            if (number == 2) sender!.Memory.Store.Set("unusable"u8.ToArray());
            return Callee.RefuseAsync(context, "Bearer error=\"invalid_token\", rewt_error=\"stale_key\"");
        });
        sender = Sender.Create(services =>
        {
            services.AddSingleton<ILogger<RetryHandler>>(log);
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
            log.Names.ShouldBe(["Retrying", "CallRefused"]);
        }
    }

    private sealed class Events : ILogger<RetryHandler>
    {
        public List<string?> Names { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Names.Add(eventId.Name);
    }
}
