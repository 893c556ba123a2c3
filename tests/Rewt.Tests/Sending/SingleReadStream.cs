namespace Rewt.Tests.Sending;

/// <summary>Represents a stream that can be read only once. Its length is available if <c>canSeek</c> is true.</summary>
internal sealed class SingleReadStream(byte[] content, bool canSeek) : MemoryStream(content)
{
    public override bool CanSeek => canSeek;

    public override long Length => canSeek ? base.Length : throw new NotSupportedException();

    public override long Position
    {
        get => canSeek ? base.Position : throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override long Seek(long offset, SeekOrigin loc) => throw new NotSupportedException();
}
