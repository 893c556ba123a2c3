using System.Text.RegularExpressions;

namespace Rewt.Tests.Faults;

public sealed partial class GuaranteesTests
{
    private static string Page => File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "guarantees.md"));

    [Fact]
    public void Every_test_that_the_guarantees_name_exists()
    {
        var tests = typeof(GuaranteesTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute), inherit: true)).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet(StringComparer.Ordinal);
        var named = TestName().Matches(Page).Select(match => match.Groups["name"].Value).ToList();

        named.Count.ShouldBeGreaterThan(30);
        named.Where(name => !tests.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_promise_names_a_test()
    {
        var promises = Page.Split('\n').Where(line => PromiseRow().IsMatch(line)).ToList();

        promises.Count.ShouldBeGreaterThan(15);
        promises.Where(line => !TestName().IsMatch(line)).ShouldBeEmpty();
    }

    [GeneratedRegex("`(?<name>[A-Za-z]+Tests\\.[A-Z][A-Za-z0-9_]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestName();

    [GeneratedRegex("^\\| [A-Z]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PromiseRow();
}
