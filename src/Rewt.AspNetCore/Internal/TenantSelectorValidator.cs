using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// A start-up check that each call of <c>AddRewtTenantSelector</c> names a known scheme, and that tenants are enabled in the
/// <see cref="RewtOptions.Tenants"/> of this scheme.
/// </summary>
internal sealed class TenantSelectorValidator(IEnumerable<TenantSelector> selectors, IEnumerable<RewtScheme> schemes) : IValidateOptions<RewtOptions>
{
    public ValidateOptionsResult Validate(string? name, RewtOptions options)
    {
        var unknown = selectors.FirstOrDefault(selector => schemes.All(scheme => scheme.Name != selector.Scheme));
        if (unknown is not null) return ValidateOptionsResult.Fail($"AddRewtTenantSelector specifies the scheme '{unknown.Scheme}', which is not registered. Register it with AddRewt.");

        var scheme = selectors.FirstOrDefault(selector => SchemeNames.OptionsNameOf(selector.Scheme) == name)?.Scheme;
        return scheme is null || options.Tenants.Enabled
            ? ValidateOptionsResult.Skip
            : ValidateOptionsResult.Fail($"{options.Section}:Tenants:Enabled must be true: AddRewtTenantSelector selects tenants for the scheme '{scheme}'.");
    }
}
