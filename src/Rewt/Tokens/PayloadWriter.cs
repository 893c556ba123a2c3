using System.Buffers;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// A JSON writer with a buffer for the payload of a token. Each thread reuses one object, so that signing a token allocates little memory.
/// </summary>
internal sealed class PayloadWriter : IDisposable
{
    /// <summary>
    /// The maximum size of a buffer that is reused, in bytes. The limit is higher than 4 KB, because the JSON writer enlarges the buffer by 4 KB as
    /// soon as a token has a few claims.
    /// </summary>
    private const int LargestKept = 8192;

    [ThreadStatic]
    private static PayloadWriter? _idle;

    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    private PayloadWriter() => Json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { MaxDepth = TokenLimits.JsonDepth });

    public Utf8JsonWriter Json { get; }

    public ReadOnlySpan<byte> Written
    {
        get
        {
            Json.Flush();
            return _buffer.WrittenSpan;
        }
    }

    public static PayloadWriter Rent()
    {
        var writer = _idle ?? new PayloadWriter();
        _idle = null;
        return writer;
    }

    /// <summary>Clears the buffer, and makes the writer available for the next token.</summary>
    public void Dispose()
    {
        _buffer.Clear();
        Json.Reset();
        if (_buffer.Capacity <= LargestKept) _idle = this;
    }
}
