using System.CommandLine;
using Rewt.Internal;
using Spectre.Console;

namespace Rewt.Tool;

/// <summary><c>rewt doctor</c>: prints the problems of the key ring, its Redis server and its instances, with their solutions.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var doctor = new Command("doctor", "Find problems of the key ring, its server and its instances, with their solutions. Changes nothing. The exit code is 8 if there is a finding.");
        doctor.SetAction((arguments, cancellation) => RunAsync(ToolContext.Of(arguments), cancellation));
        return doctor;
    }

    private static async Task<int> RunAsync(ToolContext context, CancellationToken cancellationToken)
    {
        await using var session = RingSession.Open(context);
        var pairs = await session.Pairs.ReadAsync(cancellationToken);
        var ring = pairs is null ? await session.ReadAsync(cancellationToken) : await session.ReadIfPermittedAsync(cancellationToken);
        List<DoctorReport> reports = [];
        if (pairs is null || !ring.IsNothing) reports.Add(await session.ExamineAsync(ring, cancellationToken));
        if (pairs is not null) reports.Add(await session.Pairs.ExamineAsync(pairs, cancellationToken));
        List<Finding> findings = [.. reports.SelectMany(report => report.Findings).Distinct()];
        if (pairs is null && ring.IsNothing) findings.Insert(0, NoRing(context.Namespace));
        var connection = reports[0].Connection;
        if (context.IsJson)
        {
            context.WriteJson(new { context.Namespace, connection, findings = findings.Select(finding => new { finding.Code, severity = Severity(finding), finding.Text }) });
        }
        else
        {
            context.WriteLine($"Connection: {connection}.");
            if (findings.Count == 0)
            {
                context.WriteLine($"No findings for the key ring '{context.Namespace}' and its server.");
            }
            else
            {
                var table = new Table().AddColumns("Finding", "Severity", "Problem and solution");
                foreach (var finding in findings) table.AddRow(finding.Code, Severity(finding), Markup.Escape(finding.Text));
                context.Console.Write(table);
            }
        }

        return findings.All(finding => finding.Severity == FindingSeverity.Information) ? ExitCode.Done : ExitCode.Findings;
    }

    private static Finding NoRing(string @namespace) => Finding.Advice(
        "no-ring", $"The namespace '{@namespace}' has no key ring, so only the server was examined; specify another namespace with --namespace or REWT_NAMESPACE, or start a service, which creates the key ring.");

    private static string Severity(Finding finding) => finding.Severity.ToString().ToLowerInvariant();
}
