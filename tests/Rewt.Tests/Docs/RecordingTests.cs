using System.Xml.Linq;
using Rewt.Tests.BadInput;

namespace Rewt.Tests.Docs;

[Collection(WholeProcess.Name)]
public sealed class RecordingTests
{
    [Fact]
    [Trait("Category", "Long")]
    public async Task The_picture_of_the_demo_can_be_drawn_anew()
    {
        using var scratch = new ScratchDirectory();
        var picture = Path.Combine(scratch.Path, "demo.svg");

        await Tool.RunAsync(RepositoryRoot.Path, Path.GetFileName(Executables.Dotnet), "run", "docs/pictures/RecordDemo.cs", "--", "--duration", "4", "--output", picture, "--no-build");

        var drawn = XDocument.Load(picture).Root!;
        drawn.Name.LocalName.ShouldBe("svg");
        drawn.Descendants().Count(element => element.Attribute("class")?.Value.StartsWith('f') == true).ShouldBeGreaterThanOrEqualTo(2);
        drawn.Value.ShouldContain("dotnet run --project samples/Demo");
    }
}
