namespace Rewt.Tests.Ring;

internal enum WriteFault
{
    None,

    LostAnswer,

    Refused,
}
