using Rewt.Internal;

namespace Rewt.Tests.Sending;

public sealed class LruCacheTests
{
    [Fact]
    public void What_was_set_is_found_and_nothing_else()
    {
        var cache = new LruCache<string, int>(2);
        cache.Set("a", 1);

        cache.TryGet("a", out var value).ShouldBeTrue();
        value.ShouldBe(1);
        cache.TryGet("b", out _).ShouldBeFalse();
    }

    [Fact]
    public void Setting_again_replaces_the_value_and_takes_no_room()
    {
        var cache = new LruCache<string, int>(2);
        cache.Set("a", 1);
        cache.Set("b", 2);
        cache.Set("a", 3);

        cache.TryGet("a", out var a).ShouldBeTrue();
        a.ShouldBe(3);
        cache.TryGet("b", out _).ShouldBeTrue();
    }

    [Fact]
    public void The_least_recently_used_leaves_first()
    {
        var cache = new LruCache<string, int>(3);
        cache.Set("a", 1);
        cache.Set("b", 2);
        cache.Set("c", 3);
        cache.TryGet("a", out _);
        cache.Set("b", 4);

        cache.Set("d", 5);

        cache.TryGet("c", out _).ShouldBeFalse();
        cache.TryGet("a", out _).ShouldBeTrue();
        cache.TryGet("b", out _).ShouldBeTrue();
        cache.TryGet("d", out _).ShouldBeTrue();
    }

    [Fact]
    public void A_cache_of_one_holds_the_last()
    {
        var cache = new LruCache<int, int>(1);
        for (var i = 0; i < 5; i++) cache.Set(i, i);

        Enumerable.Range(0, 5).Where(i => cache.TryGet(i, out _)).ShouldBe([4]);
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
                if (cache.TryGet(key, out var value)) value.ShouldBe(key);
                cache.Set(key, key);
            }
        })));

        Enumerable.Range(0, 40).Count(key => cache.TryGet(key, out _)).ShouldBe(16);
    }
}
