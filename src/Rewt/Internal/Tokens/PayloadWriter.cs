using System.Buffers;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>A JSON writer and its buffer, one for each thread that writes payloads; who finds it in use, further out on the same stack, gets another.</summary>
internal sealed class PayloadWriter : IDisposable
{
    /// <summary>A buffer that one large payload made this large is not kept.</summary>
    private const int LargestKept = 4096;

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

    /// <summary>Gives it back; what was written is wiped.</summary>
    public void Dispose()
    {
        _buffer.Clear();
        Json.Reset();
        if (_buffer.Capacity <= LargestKept) _idle = this;
    }
}
