namespace Rewt.Tests.Ring;

internal enum WriteFault
{
    None,

    LostReply,

    Refused,
}
