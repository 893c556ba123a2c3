namespace Rewt.Tests.Ring;

/// <param name="Deed">What happens.</param>
/// <param name="Who">To which instance, where that matters.</param>
/// <param name="Amount">How much, which, or how it goes wrong.</param>
public readonly record struct HistoryStep(Deed Deed, int Who, int Amount);
