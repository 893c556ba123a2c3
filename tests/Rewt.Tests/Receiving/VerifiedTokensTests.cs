namespace Rewt.Tests.Receiving;

public sealed class VerifiedTokensTests
{
    private readonly VerifiedTokens _tokens = new();
    private readonly TokenResult _result = NewResult();

    [Fact]
    public void The_cache_stays_within_two_generations_after_a_million_tokens()
    {
        for (var i = 0; i < 1_000_000; i++)
        {
            var text = Text(i);
            if (_tokens.HasSeen(text)) continue;
            if (i % 200 == 0) _tokens.Add(new VerifiedToken(text, _result, savesToken: false));
        }

        var kept = Enumerable.Range(0, 1_000_000).Count(i => _tokens.Find(Text(i)) is not null);
        kept.ShouldBeInRange(VerifiedTokens.GenerationSize, 2 * VerifiedTokens.GenerationSize);
    }

    [Fact]
    public void An_entry_that_is_used_again_is_kept_when_others_are_evicted()
    {
        var used = new VerifiedToken("dear", _result, savesToken: false);
        _tokens.Add(used);

        for (var i = 0; i < 10 * VerifiedTokens.GenerationSize; i++)
        {
            _tokens.Add(new VerifiedToken(Text(i), _result, savesToken: false));
            if (i % 500 == 0) _tokens.Find("dear").ShouldBeSameAs(used);
        }

        _tokens.Find(Text(0)).ShouldBeNull();
    }

    [Fact]
    public void Removing_an_entry_affects_both_generations_but_not_its_successor()
    {
        var first = new VerifiedToken("one", _result, savesToken: false);
        _tokens.Add(first);
        for (var i = 0; i < VerifiedTokens.GenerationSize; i++) _tokens.Add(new VerifiedToken(Text(i), _result, savesToken: false));
        _tokens.Find("one").ShouldBeSameAs(first);
        _tokens.Remove(first);
        _tokens.Find("one").ShouldBeNull();

        var second = new VerifiedToken("one", _result, savesToken: false);
        _tokens.Add(second);
        _tokens.Remove(first);
        _tokens.Find("one").ShouldBeSameAs(second);
    }

    [Fact]
    public void A_cached_token_does_not_keep_its_signing_key_in_memory()
    {
        var secret = AddOne();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        _tokens.Find("one").ShouldNotBeNull();
        secret.TryGetTarget(out _).ShouldBeFalse();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static TokenResult NewResult()
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

    /// <summary>Adds one token. A separate stack frame ensures that the test holds no reference to the key.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference<object> AddOne()
    {
        var result = NewResult();
        _tokens.Add(new VerifiedToken("one", result, savesToken: false));
        return new WeakReference<object>(result.Key!);
    }
}
