using System.Globalization;

namespace Rewt.Internal;

internal sealed partial class RingKeeper
{
    /// <summary>Looks at what is known and asks nobody.</summary>
    public RingHealth Health()
    {
        var snapshot = Volatile.Read(ref _snapshot);
        var failure = Volatile.Read(ref _failure)?.Exception;
        var cause = failure is null ? "it has not been read yet" : RingHealth.Cause(failure);
        if (snapshot is null) return new RingHealth(false, $"The ring '{Name}' cannot be had ({cause}): look at Redis and at Rewt:Redis.");
        if (snapshot.Problem is { } problem) return new RingHealth(false, $"{Sentence(_source.Whereabouts(Name))} is unusable: {problem}.");

        var age = snapshot.Age(Moment.Now(_time));
        if (age > _staleBudget) return new RingHealth(false, $"The ring '{Name}' was read {Seconds(age)} s ago, longer than Rewt:StaleBudget ({cause}): look at Redis.");
        if (snapshot is RingSnapshot { Epoch: null }) return new RingHealth(false, $"There is no ring '{Name}' yet, and Redis does not let this service make one ({snapshot.WriteRefusal}).");
        if (snapshot is RingSnapshot && snapshot.SigningKey(Moment.Now(_time)) is null) return new RingHealth(false, $"The ring '{Name}' has no current key: it was revoked, and Redis does not let this service write a new one ({snapshot.WriteRefusal}).");

        var troubles = string.Join(' ', new[] { Trouble(snapshot, age, failure), OverdueTrouble(snapshot) }.OfType<string>());
        return new RingHealth(true, troubles.Length > 0 ? troubles : null);
    }

    private string? OverdueTrouble(KeySnapshot snapshot) => snapshot.UntilRotation(Moment.Now(_time)) < -Overdue ? $"The rotation of the ring '{Name}' is overdue." : null;

    private string? Trouble(KeySnapshot snapshot, TimeSpan age, Exception? failure)
    {
        if (failure is not null) return $"The ring '{Name}' cannot be read ({RingHealth.Cause(failure)}); going on with keys read {Seconds(age)} s ago.";
        if (snapshot.IsDegraded) return $"The Redis login may neither run scripts nor transactions: the ring '{Name}' is the secret alone, and nothing can be revoked.";
        if (snapshot.WriteRefusal is { } refusal) return $"The ring '{Name}' cannot be written ({refusal}): keys neither rotate nor are revoked by this instance.";
        if (_clock.IsOff) return $"The clock of this machine is {Seconds(snapshot.ClockOffset)} s ahead of Redis's: receivers refuse its tokens.";
        return snapshot.Trouble;
    }

    /// <summary>Beyond the lead, two looks at the ring and a moment.</summary>
    private TimeSpan Overdue => TimeSpan.FromMilliseconds(_schedule.Lead) + (2 * _refreshInterval) + TimeSpan.FromSeconds(1);

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
}
