using Rewt.Tests.Docs;

namespace Rewt.Tests.Faults;

/// <summary>The two pages that promise something name a test for each promise.</summary>
public sealed partial class GuaranteesTests
{
    [Theory]
    [InlineData("docs/guarantees.md")]
    [InlineData("docs/security.md")]
    public void Every_test_that_a_page_of_promises_names_exists(string page)
    {
        var tests = typeof(GuaranteesTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute), inherit: true)).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet(StringComparer.Ordinal);
        var named = TestName().Matches(Page.Read(page).Text).Select(match => match.Groups["name"].Value).ToList();

        named.Count.ShouldBeGreaterThan(30);
        named.Where(name => !tests.Contains(name)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("docs/guarantees.md")]
    [InlineData("docs/security.md")]
    public void Every_promise_of_a_page_names_a_test(string page)
    {
        var rows = Page.Read(page).Text.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !HeadingRow().IsMatch(line)).ToList();

        rows.Count.ShouldBeGreaterThan(15);
        rows.Where(row => !TestName().IsMatch(row[row.TrimEnd('|').LastIndexOf('|')..])).ShouldBeEmpty();
    }

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z]+Tests\\.[A-Z][A-Za-z0-9_]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestName();

    [GeneratedRegex("\\| (test|held by) \\|$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HeadingRow();
}
