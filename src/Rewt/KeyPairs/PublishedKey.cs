using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// An entry with which a service publishes a public key in the store. The entry is a JWK (RFC 7517) with additional members: <c>state</c>,
/// <c>until</c> (the expiry of the entry in Unix milliseconds, by the clock of the store), <c>proof</c> (<see cref="KeyProof"/>) and
/// <see cref="Internal.Attestation.Member"/> (the attestation, if the service has a certificate). <see cref="TryRead"/> parses and verifies an entry.
/// </summary>
internal sealed record PublishedKey(PublicKey Key, RewtKeyState State, StoreTime Until, string Proof)
{
    /// <summary>The stored text of the entry. An entry whose text has not changed is not parsed again.</summary>
    public byte[] Entry { get; init; } = [];

    /// <summary>The attestation of the key, in JSON; <see langword="null"/> if there is none.</summary>
    public string? Attestation { get; init; }

    /// <summary>
    /// The certificate that confirms the key; <see langword="null"/> if no certificate confirms the key, or if no authorities are configured.
    /// </summary>
    public AttestingCertificate? By { get; init; }

    /// <summary>
    /// The problem of the last entry or attestation of a key that is accepted nevertheless: an earlier attestation still confirms the key, or
    /// attestations are not required. <see langword="null"/> if there is no problem.
    /// </summary>
    public string? Warning { get; init; }

    /// <summary>
    /// A text for an operator about an attestation that does not confirm the key: its problem, or its certificate, which was not checked;
    /// <see langword="null"/> if there is no such attestation.
    /// </summary>
    public string? Note => By is not null ? null : Warning ?? (Attestation is null ? null : Internal.Attestation.TryRead(Attestation)?.Describe() ?? "malformed");

    /// <summary>The policy with which the attestation was checked.</summary>
    private AttestationPolicy? Policy { get; init; }

    /// <summary>
    /// The time at which the confirmation of the key ends and the key is refused; <see cref="StoreTime.Never"/> if attestations are not required.
    /// </summary>
    public StoreTime ConfirmedUntil => By is { } by && Policy is { AcceptsUnattested: false } ? by.EndsAt : StoreTime.Never;

    public bool IsRetired => State == RewtKeyState.Retired;

    public static byte[] Write(PublicKey key, RewtKeyState state, StoreTime until, string proof, string? attestation = null)
    {
        using var buffer = new MemoryStream(768);
        using (var json = new Utf8JsonWriter(buffer)) key.WriteTo(json, attestation, WriteRest);
        return buffer.ToArray();

        void WriteRest(Utf8JsonWriter json)
        {
            json.WriteString("state"u8, Text(state));
            json.WriteNumber("until"u8, until.Milliseconds);
            json.WriteString("proof"u8, proof);
        }
    }

    /// <summary>
    /// Parses and verifies an entry. The entry is not trusted, because any client of Redis with the necessary permission can write it.
    /// </summary>
    /// <param name="entry">The stored text of the entry.</param>
    /// <param name="name">The name of the entry, which must be the key id.</param>
    /// <param name="ring">The ring that contains the entry.</param>
    /// <param name="known">The previous entry with the same name; <see langword="null"/> if there is none. A proof or attestation that has not
    /// changed is not verified again.</param>
    /// <param name="policy">The policy that checks attestations; <see langword="null"/> if no authorities are configured.</param>
    /// <param name="now">The time with which the ends of certificates and attestations are compared.</param>
    /// <param name="problem">The reason why the entry is refused; <see langword="null"/> if the entry is accepted.</param>
    /// <param name="budget">The limit of the verifications in one read.</param>
    public static PublishedKey? TryRead(
        byte[] entry, string name, PairRingId ring, PublishedKey? known, AttestationPolicy? policy, StoreTime now, out string? problem, CheckBudget? budget = null)
    {
        problem = null;
        if (known is not null && ReferenceEquals(known.Policy, policy) && (policy is null || known.By is null || !policy.IsDue(known.By, now)) && known.Entry.AsSpan().SequenceEqual(entry)) return known;
        if (JwkReader.TryRead(entry, out problem) is not { } key) return Keep(entry, known, ring, policy, now, ref problem);

        problem = ReadRest(entry, out var state, out var until, out var proof, out var attestation) ? null : "state, until or proof is missing or malformed";
        if (problem is not null) return Keep(entry, known, ring, policy, now, ref problem);

        var isKnown = known is not null && known.Key.Thumbprint == key.Thumbprint && known.Key.Algorithm == key.Algorithm;
        var isSettled = isKnown && known!.Proof == proof && known.Attestation == attestation && (known.By is { } held ? policy?.IsDue(held, now) != true : attestation is null);
        if (policy is not null && budget is not null && !isSettled && !budget.TryTake())
        {
            // The previous entry stays, and the next read checks the new one.
            problem = CheckBudget.NotChecked;
            if (!ReferenceEquals(known!.Policy, policy)) return Keep(known.Entry, known, ring, policy, now, ref problem);
            if (!policy.AcceptsUnattested && !(known.By?.EndsAt > now)) return null;
            problem = null;
            return known with { Warning = CheckBudget.NotChecked };
        }

        problem = (key.KeyId.ToString() == key.Thumbprint, key.KeyId.ToString() == name) switch
        {
            (false, _) => "the kid is not the key's thumbprint (RFC 7638)",
            (_, false) => "the name of the entry is not its kid",
            _ => (isKnown && known!.Proof == proof) || KeyProof.Holds(key, ring, proof) ? null : "its proof is invalid: the key does not belong to this service",
        };
        if (problem is not null) return Keep(entry, known, ring, policy, now, ref problem);

        AttestingCertificate? by = null;
        string? warning = null;
        if (policy is not null)
        {
            var isSame = isKnown && known!.Attestation == attestation;
            by = isSame ? known!.Confirm(ring, policy, now, out warning) : policy.Check(key, attestation, ring, now, null, out warning);
            // The previous attestation still counts when a new one does not, for example because receivers do not have its authority yet.
            if (by is null && isKnown && !isSame && known!.By is not null && (by = known.Confirm(ring, policy, now, out _)) is not null) attestation = known.Attestation;
            problem = by is null && !policy.AcceptsUnattested ? warning : null;
            if (problem is not null) return null;
        }

        if (isKnown) key = known!.Key;
        else key.BelongTo(ring.Service);
        return new PublishedKey(key, state, until, proof) { Entry = entry, Attestation = attestation, By = by, Warning = attestation is null ? null : warning, Policy = policy };
    }

    /// <summary>
    /// Checks the attestation again, with a new policy or at a later time. Returns <see langword="null"/> if the attestation no longer confirms the
    /// key.
    /// </summary>
    public AttestingCertificate? Confirm(PairRingId ring, AttestationPolicy policy, StoreTime now, out string? problem)
    {
        problem = null;
        return By is { } by && !policy.IsDue(by, now) && ReferenceEquals(Policy, policy) ? by : policy.Check(Key, Attestation, ring, now, By, out problem);
    }

    /// <summary>Returns whether a new policy accepts the key. The key pairs of this process are accepted without a check.</summary>
    public bool IsAcceptedBy(AttestationPolicy policy, PairRingId ring, StoreTime now) =>
        Policy is null || policy.AcceptsUnattested || Confirm(ring, policy, now, out _) is not null;

    /// <summary>
    /// Returns the previous entry in place of a new entry that cannot be used; <see langword="null"/> if no certificate confirms the key of the
    /// previous entry.
    /// </summary>
    private static PublishedKey? Keep(byte[] entry, PublishedKey? known, PairRingId ring, AttestationPolicy? policy, StoreTime now, ref string? problem)
    {
        if (policy is null || known?.By is null || known.Confirm(ring, policy, now, out _) is not { } by) return null;

        var kept = known with { Entry = entry, By = by, Warning = problem, Policy = policy };
        problem = null;
        return kept;
    }

    private static bool ReadRest(byte[] entry, out RewtKeyState state, out StoreTime until, out string proof, out string? attestation)
    {
        using var document = JsonDocument.Parse(entry, StrictJson.Options);
        var root = document.RootElement;
        (state, until, proof) = (RewtKeyState.Revoked, default, string.Empty);
        attestation = root.TryGetProperty(Internal.Attestation.Member, out var statement) ? statement.GetRawText() : null;
        if (!root.TryGetProperty("state"u8, out var stateText) || !root.TryGetProperty("until"u8, out var time) || !root.TryGetProperty("proof"u8, out var text)) return false;
        if (stateText.ValueKind != JsonValueKind.String || time.ValueKind != JsonValueKind.Number || text.ValueKind != JsonValueKind.String) return false;

        state = stateText.GetString() switch
        {
            "current" => RewtKeyState.Current,
            "pending" => RewtKeyState.Pending,
            "retired" => RewtKeyState.Retired,
            _ => RewtKeyState.Revoked,
        };
        proof = text.GetString()!;
        if (!time.TryGetInt64(out var milliseconds)) return false;

        until = new(milliseconds);
        return until > StoreTime.Unknown && until <= StoreTime.Latest && state != RewtKeyState.Revoked;
    }

    private static string Text(RewtKeyState state) => state switch
    {
        RewtKeyState.Current => "current",
        RewtKeyState.Pending => "pending",
        _ => "retired",
    };
}
