namespace Rewt.Tests.Pairs;

public sealed class KeyPairLifeCycleTests() : LifeCycleContract(KeyMode.KeyPair)
{
    protected override string RevokedSet => "{rewt:rewt-keys}:orders:dead";

    protected override string InstanceSet => "{rewt:rewt-keys}:instances";
}
