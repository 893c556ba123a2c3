namespace Rewt.Tests.Pairs;

public sealed class KeyPairLifeCycleTests() : LifeCycleContract(KeyMode.KeyPair)
{
    protected override string DeadSet => "{rewt:rewt-keys}:orders:dead";

    protected override string Book => "{rewt:rewt-keys}:instances";
}
