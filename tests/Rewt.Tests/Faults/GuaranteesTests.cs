using Rewt.Tests.Docs;

namespace Rewt.Tests.Faults;

/// <summary>Checks that the two pages with guarantees cite an existing test for each guarantee.</summary>
public sealed partial class GuaranteesTests
{
    [Theory]
    [InlineData("docs/guarantees.md")]
    [InlineData("docs/security.md")]
    public void Every_test_cited_on_a_guarantees_page_exists(string page)
    {
        var tests = typeof(GuaranteesTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute), inherit: true)).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet(StringComparer.Ordinal);
        var cited = TestName().Matches(Page.Read(page).Text).Select(match => match.Groups["name"].Value).ToList();

        cited.Count.ShouldBeGreaterThan(30);
        cited.Where(name => !tests.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Each_test_class_has_a_name_of_its_own() => typeof(GuaranteesTests).Assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Tests", StringComparison.Ordinal))
        .GroupBy(type => type.Name, StringComparer.Ordinal)
        .Where(types => types.Count() > 1)
        .Select(types => types.Key)
        .ShouldBeEmpty("the pages cite a test without its namespace");

    [Theory]
    [InlineData("docs/guarantees.md")]
    [InlineData("docs/security.md")]
    public void Every_guarantee_on_a_page_cites_a_test(string page)
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
