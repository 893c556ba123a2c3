namespace Rewt.Tests.Sending;

/// <summary>A stream that can be read once; one that can seek says how long it is.</summary>
internal sealed class OnceStream(byte[] content, bool canSeek) : MemoryStream(content)
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
