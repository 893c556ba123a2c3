namespace Rewt.Tests.Pairs;

/// <summary>What the suites of faults show of a shared secret one by one, by the contract that key pairs fulfil as well.</summary>
[Trait("Category", "Long")]
public sealed class SharedSecretLifeCycleTests() : LifeCycleContract(KeyMode.SharedSecret)
{
    protected override string DeadSet => "{rewt:rewt-secret}:dead";

    protected override string Book => "{rewt:rewt-secret}:instances";
}
