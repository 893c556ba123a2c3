namespace Rewt.Tests.Receiving;

public sealed class VerifiedTokensTests
{
    private readonly VerifiedTokens _tokens = new();
    private readonly TokenResult _verdict = Verdict();

    [Fact]
    public void A_million_tokens_do_not_grow_it()
    {
        for (var i = 0; i < 1_000_000; i++)
        {
            var text = Text(i);
            if (_tokens.HasSeen(text)) continue;
            if (i % 200 == 0) _tokens.Add(new VerifiedToken(text, _verdict, savesToken: false));
        }

        var kept = Enumerable.Range(0, 1_000_000).Count(i => _tokens.Find(Text(i)) is not null);
        kept.ShouldBeInRange(VerifiedTokens.GenerationSize, 2 * VerifiedTokens.GenerationSize);
    }

    [Fact]
    public void An_entry_that_is_used_again_stays_when_the_others_leave()
    {
        var dear = new VerifiedToken("dear", _verdict, savesToken: false);
        _tokens.Add(dear);

        for (var i = 0; i < 10 * VerifiedTokens.GenerationSize; i++)
        {
            _tokens.Add(new VerifiedToken(Text(i), _verdict, savesToken: false));
            if (i % 500 == 0) _tokens.Find("dear").ShouldBeSameAs(dear);
        }

        _tokens.Find(Text(0)).ShouldBeNull();
    }

    [Fact]
    public void A_removed_entry_is_gone_from_both_generations_and_its_successor_is_not()
    {
        var first = new VerifiedToken("one", _verdict, savesToken: false);
        _tokens.Add(first);
        for (var i = 0; i < VerifiedTokens.GenerationSize; i++) _tokens.Add(new VerifiedToken(Text(i), _verdict, savesToken: false));
        _tokens.Find("one").ShouldBeSameAs(first);
        _tokens.Remove(first);
        _tokens.Find("one").ShouldBeNull();

        var second = new VerifiedToken("one", _verdict, savesToken: false);
        _tokens.Add(second);
        _tokens.Remove(first);
        _tokens.Find("one").ShouldBeSameAs(second);
    }

    [Fact]
    public void A_secret_that_left_the_ring_is_not_kept_by_the_tokens_it_signed()
    {
        var secret = KeepOne();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        _tokens.Find("one").ShouldNotBeNull();
        secret.TryGetTarget(out _).ShouldBeFalse();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static TokenResult Verdict()
    {
        var secret = Secret.Generate();
        var text = HandmadeToken.Sign(secret);
        return new TokenResult
        {
            Header = TokenHeader.TryRead(text)!,
            Claims = TokenClaims.TryRead(text),
            Identity = new ClaimsIdentity([new Claim("iss", "orders")], "test"),
            Token = new JsonWebToken(text),
            Key = new RingKey(secret).SecurityKey,
        };
    }

    /// <summary>In a frame of its own, so that nothing of it is on the stack of the test.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference<object> KeepOne()
    {
        var verdict = Verdict();
        _tokens.Add(new VerifiedToken("one", verdict, savesToken: false));
        return new WeakReference<object>(verdict.Key!);
    }
}
