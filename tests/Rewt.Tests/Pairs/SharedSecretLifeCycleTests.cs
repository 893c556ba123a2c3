namespace Rewt.Tests.Pairs;

public sealed class SharedSecretLifeCycleTests() : LifeCycleContract(KeyMode.SharedSecret)
{
    protected override string DeadSet => "{rewt:rewt-secret}:dead";

    protected override string Book => "{rewt:rewt-secret}:instances";
}
