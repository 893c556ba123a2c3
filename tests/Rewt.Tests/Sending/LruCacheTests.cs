using Rewt.Internal;

namespace Rewt.Tests.Sending;

public sealed class LruCacheTests
{
    private readonly List<string> _made = [];

    [Fact]
    public void A_value_is_made_once()
    {
        var cache = new LruCache<string, string>(2);

        cache.GetOrAdd("a", Make).ShouldBe("a");
        cache.GetOrAdd("a", Make).ShouldBe("a");

        _made.ShouldBe(["a"]);
    }

    [Fact]
    public void The_least_recently_used_leaves_first()
    {
        var cache = new LruCache<string, string>(3);
        foreach (var key in new[] { "a", "b", "c", "a", "b", "d" }) cache.GetOrAdd(key, Make);
        _made.Clear();

        foreach (var key in new[] { "a", "b", "d" }) cache.GetOrAdd(key, Make);
        _made.ShouldBeEmpty();
        cache.GetOrAdd("c", Make);
        _made.ShouldBe(["c"]);
    }

    [Fact]
    public void A_cache_of_one_holds_the_last()
    {
        var cache = new LruCache<string, string>(1);
        foreach (var key in new[] { "a", "b", "c" }) cache.GetOrAdd(key, Make);
        _made.Clear();

        foreach (var key in new[] { "c", "a" }) cache.GetOrAdd(key, Make);

        _made.ShouldBe(["a"]);
    }

    [Fact]
    public void What_could_not_be_made_takes_no_room()
    {
        var cache = new LruCache<string, string>(1);

        Should.Throw<InvalidOperationException>(() => cache.GetOrAdd("a", _ => throw new InvalidOperationException()));

        cache.GetOrAdd("a", Make).ShouldBe("a");
    }

    [Fact]
    public async Task Many_threads_leave_it_in_order()
    {
        var cache = new LruCache<int, int>(16);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                var key = (i * (worker + 3)) % 40;
                cache.GetOrAdd(key, made => made).ShouldBe(key);
            }
        })));

        var made = 0;
        for (var key = 0; key < 40; key++)
        {
            cache.GetOrAdd(key, each =>
            {
                made++;
                return each;
            });
        }

        made.ShouldBeInRange(24, 40);
    }

    private string Make(string key)
    {
        _made.Add(key);
        return key;
    }
}
