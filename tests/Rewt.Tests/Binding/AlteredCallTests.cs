namespace Rewt.Tests.Binding;

/// <summary>Verifies that a captured token is refused with a randomly altered call.</summary>
public sealed class AlteredCallTests
{
    private const int Alterations = 10_000;

    private static readonly HttpMethod[] Methods = [HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete, HttpMethod.Options];
    private static readonly string[] PathParts = ["/", "/.", "/../", "//", ";"];
    private static readonly string[] ContentEncodings = ["gzip", "br", "identity"];

    [Fact]
    public async Task None_of_10000_altered_calls_is_accepted_but_the_original_call_is()
    {
        // The tokens are valid until the last call on a slow machine.
        await using var payments = await PaymentService.StartAsync(
            options => options.Binding = RequestBinding.Target | RequestBinding.Body,
            settings: options => options.TokenLifetime = options.MaxTokenLifetime = TimeSpan.FromHours(1));
        var random = new Random(21);
        var captured = new List<(Call Call, string Token)>();
        foreach (var call in OriginalCalls())
        {
            using var content = call.Content();
            (await payments.SendAsync(call.Method, call.Target, content).StatusAsync()).ShouldBe(HttpStatusCode.OK, call.ToString());
            captured.Add((call, payments.LastToken));
        }

        var altered = new List<(Call Call, string Token)>();
        while (altered.Count < Alterations)
        {
            var (call, token) = captured[random.Next(captured.Count)];
            var other = call;
            for (var count = random.Next(1, 4); count > 0; count--) other = Alter(other, random);
            if (!other.IsSameRequestAs(call)) altered.Add((other, token));
        }

        var before = payments.Calls;
        await Parallel.ForEachAsync(altered, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancellation }, async (row, _) =>
        {
            using var content = row.Call.Content();
            var status = await payments.SendWithTokenAsync(row.Token, row.Call.Method, row.Call.Target, content).StatusAsync();
            ((int)status).ShouldBeGreaterThanOrEqualTo(400, row.Call.ToString());
        });
        payments.Calls.ShouldBe(before);

        foreach (var (call, token) in captured)
        {
            foreach (var isChunked in new[] { false, true })
            {
                using var content = (call with { IsChunked = isChunked }).Content();
                (await payments.SendWithTokenAsync(token, call.Method, call.Target, content).StatusAsync()).ShouldBe(HttpStatusCode.OK, call.ToString());
            }
        }
    }

    private static IEnumerable<Call> OriginalCalls()
    {
        yield return new(HttpMethod.Get, "/any/accounts?from=a&to=b&page=1", [], null, null, false);
        yield return new(HttpMethod.Delete, "/any/accounts/12%2F3/", [], null, null, false);
        yield return new(HttpMethod.Post, "/body/pay?x=%C3%A4", Encoding.UTF8.GetBytes("{\"amount\":100,\"to\":\"DE02\"}"), "application/json; charset=utf-8", null, false);
        yield return new(HttpMethod.Put, "/body/a/b?q=1;r=2", [.. Enumerable.Range(0, 256).Select(value => (byte)value)], "application/octet-stream", null, true);
        yield return new(HttpMethod.Post, "/any/form", Encoding.ASCII.GetBytes("a=1&b=2&c=3"), "application/x-www-form-urlencoded", null, false);
    }

    private static Call Alter(Call call, Random random)
    {
        var (path, query) = call.Target.Split('?', 2) is [var before, var after] ? (before, after) : (call.Target, null);
        var at = random.Next(1, path.Length);
        return random.Next(13) switch
        {
            0 => call with { Method = random.GetItems(Methods, 1)[0] },
            1 => Path(path[..at] + (char)random.Next('a', 'z' + 1) + path[at..]),
            2 => Path(path[..at] + (char.IsUpper(path[at]) ? char.ToLowerInvariant(path[at]) : char.ToUpperInvariant(path[at])) + path[(at + 1)..]),
            3 => path[at] == '%' ? call : Path(path[..at] + $"%{(int)path[at]:X2}" + path[(at + 1)..]),
            4 => Path(path[..at] + random.GetItems(PathParts, 1)[0] + path[at..]),
            5 => query is null ? Query("") : Query(string.Join('&', query.Split('&').Reverse())),
            6 => Query(query is null ? "added=1" : query + "&added=1"),
            7 => query is null ? call : query.Contains('&', StringComparison.Ordinal) ? Query(query[..query.LastIndexOf('&')]) : Query(null),
            8 => call.Body.Length == 0 ? call with { Body = [1] } : call with { Body = FlipBit(call.Body, random) },
            9 => call.Body.Length == 0 ? call with { Body = new byte[3] } : call with { Body = random.Next(2) == 0 ? call.Body[..^1] : [.. call.Body, 0] },
            10 => call with { IsChunked = !call.IsChunked },
            11 => call with { Encoding = call.Encoding is null ? random.GetItems(ContentEncodings, 1)[0] : null },
            _ => call with { Type = call.Type is null ? "text/plain" : random.Next(2) == 0 ? null : call.Type + "; v=1" },
        };

        Call Path(string changed) => call with { Target = query is null ? changed : $"{changed}?{query}" };

        Call Query(string? changed) => call with { Target = changed is null ? path : $"{path}?{changed}" };
    }

    private static byte[] FlipBit(byte[] body, Random random)
    {
        var changed = body.ToArray();
        changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        return changed;
    }

    private sealed record Call(HttpMethod Method, string Target, byte[] Body, string? Type, string? Encoding, bool IsChunked)
    {
        /// <summary>Returns whether both are the same request. Chunks are not compared, and headers without a content are not sent.</summary>
        public bool IsSameRequestAs(Call other) => Method == other.Method && Target == other.Target && Body.AsSpan().SequenceEqual(other.Body)
            && (HasContent == other.HasContent || Body.Length == 0) && (!HasContent || (Type == other.Type && Encoding == other.Encoding));

        public HttpContent? Content()
        {
            if (!HasContent) return null;

            HttpContent content = IsChunked ? new StreamContent(new UnseekableStream(Body)) : new ByteArrayContent(Body);
            if (Type is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(Type);
            if (Encoding is not null) content.Headers.ContentEncoding.Add(Encoding);
            return content;
        }

        public override string ToString() => $"{Method} {Target} {Type} {Encoding} {Convert.ToHexString(Body)}";

        private bool HasContent => Body.Length > 0 || Type is not null || Encoding is not null;
    }

    /// <summary>Represents a stream of unknown length, which is sent in chunks.</summary>
    private sealed class UnseekableStream(byte[] body) : MemoryStream(body)
    {
        public override bool CanSeek => false;
    }
}
