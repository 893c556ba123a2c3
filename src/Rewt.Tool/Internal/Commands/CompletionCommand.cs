using System.CommandLine;

namespace Rewt.Tool;

/// <summary><c>rewt completion</c>: prints the script that enables completion in a shell.</summary>
internal static class CompletionCommand
{
    private const string Bash =
        """
        _rewt() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(rewt "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -F _rewt rewt
        """;

    private const string Zsh =
        """
        _rewt() {
          local -a suggestions
          suggestions=("${(@f)$(rewt "[suggest:$#BUFFER]" "$BUFFER" 2>/dev/null)}")
          compadd -- $suggestions
        }
        compdef _rewt rewt
        """;

    private const string PowerShell =
        """
        Register-ArgumentCompleter -Native -CommandName rewt -ScriptBlock {
          param($word, $line, $position)
          rewt "[suggest:$position]" "$line" 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
        }
        """;

    private static readonly Argument<string> Shell = new("shell") { Description = "bash, zsh or pwsh." };

    public static Command Create()
    {
        Shell.AcceptOnlyFromAmong("bash", "zsh", "pwsh");
        var completion = new Command("completion", "Print the script that completes the commands of this tool in a shell: eval \"$(rewt completion bash)\".") { Shell };
        completion.SetAction(arguments => Console.Out.WriteLine(arguments.GetValue(Shell) switch { "bash" => Bash, "zsh" => Zsh, _ => PowerShell }));
        return completion;
    }
}
