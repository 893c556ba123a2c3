namespace Rewt.Tests.Pairs;

/// <summary>Runs the tests for all key modes with the shared secret. The tests in the folder Faults test the shared secret in more detail.</summary>
[Trait("Category", "Long")]
public sealed class SharedSecretLifeCycleTests() : LifeCycleContract(KeyMode.SharedSecret)
{
    protected override string RevokedSet => "{rewt:rewt-secret}:dead";

    protected override string InstanceSet => "{rewt:rewt-secret}:instances";
}
