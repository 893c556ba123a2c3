namespace Rewt.Tests.Samples;

/// <summary>
/// Interprets the output of a program as a terminal does: line ends, movements of the cursor and erasures. Colors are ignored. The screen has a fixed width and
/// any height.
/// </summary>
internal sealed class TerminalScreen(int width)
{
    private readonly List<char[]> _rows = [];
    private int _row;
    private int _column;

    /// <summary>Gets the lines in which a character came after the last column, so that a terminal continues them in the next line.</summary>
    public List<string> Wrapped { get; } = [];

    /// <summary>Gets the rows as they are now, without spaces at their ends.</summary>
    public IReadOnlyList<string> Rows => [.. _rows.Select(row => new string(row).TrimEnd())];

    public void Write(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '\r': _column = 0; break;
                case '\n': (_row, _column) = (_row + 1, 0); break;
                case '\u001b' when at + 1 < text.Length && text[at + 1] == '[':
                    var end = at + 2;
                    while (end < text.Length - 1 && text[end] is < '@' or > '~') end++;
                    Execute(text[end], text[(at + 2)..end]);
                    at = end;
                    break;
                case >= ' ' and not '\u007f': Put(text[at]); break;
            }
        }
    }

    private void Execute(char command, string parameters)
    {
        var number = int.TryParse(parameters, CultureInfo.InvariantCulture, out var value) ? value : (int?)null;
        switch (command)
        {
            case 'A': _row = Math.Max(0, _row - (number ?? 1)); break;
            case 'B': _row += number ?? 1; break;
            case 'C': _column = Math.Min(width - 1, _column + (number ?? 1)); break;
            case 'D': _column = Math.Max(0, _column - (number ?? 1)); break;
            case 'G': _column = (number ?? 1) - 1; break;
            case 'K': Array.Fill(Row(), ' ', number is null or 0 ? _column : 0, width - (number is null or 0 ? _column : 0)); break;
        }
    }

    private void Put(char character)
    {
        if (_column >= width)
        {
            Wrapped.Add(new string(Row()));
            (_row, _column) = (_row + 1, 0);
        }

        Row()[_column++] = character;
    }

    private char[] Row()
    {
        while (_rows.Count <= _row) _rows.Add([.. Enumerable.Repeat(' ', width)]);
        return _rows[_row];
    }
}
