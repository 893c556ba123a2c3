using System.Reflection;
using System.Text.RegularExpressions;

namespace Rewt.Tests.BadInput;

/// <summary>docs/security.md promises nothing that no test shows.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public async Task Every_test_that_the_page_names_exists()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs", "security.md"), TestContext.Current.CancellationToken);
        var named = TestName().Matches(page).Select(match => (Class: match.Groups["class"].Value, Method: match.Groups["method"].Value)).Distinct().ToList();

        named.Count.ShouldBeGreaterThan(30);
        foreach (var (type, method) in named)
        {
            var test = typeof(SecurityPageTests).Assembly.GetTypes().Where(candidate => candidate.Name == type).Select(candidate => candidate.GetMethod(method)).OfType<MethodInfo>().FirstOrDefault();
            test.ShouldNotBeNull($"{type}.{method}");
            test.GetCustomAttributes<FactAttribute>().ShouldNotBeEmpty($"{type}.{method}");
        }
    }

    [Fact]
    public async Task Every_line_of_a_table_names_a_test()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(RepositoryRoot.Path, "docs", "security.md"), TestContext.Current.CancellationToken);
        var rows = lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.EndsWith("| test |", StringComparison.Ordinal)).ToList();

        rows.Count.ShouldBeGreaterThan(20);
        foreach (var row in rows) TestName().IsMatch(row[row.TrimEnd('|').LastIndexOf('|')..]).ShouldBeTrue(row);
    }

    [GeneratedRegex("`(?<class>[A-Z][A-Za-z]+Tests)\\.(?<method>[A-Za-z0-9_]+)`", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex TestName();
}
