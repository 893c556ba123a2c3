using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// A start-up check that refuses API keys together with <see cref="RewtOptions.Tenants"/> on the main scheme, because an API key belongs to no tenant
/// and would give access to all of them.
/// </summary>
internal sealed class ApiKeyTenantsValidator : IValidateOptions<RewtOptions>
{
    public ValidateOptionsResult Validate(string? name, RewtOptions options) => string.IsNullOrEmpty(name) && options.Tenants.Enabled
        ? ValidateOptionsResult.Fail("Rewt:Tenants:Enabled must be false with AddRewtApiKeys, because apps belong to no tenant. Add a separate scheme for tenants: AddRewt(\"Users\", …).")
        : ValidateOptionsResult.Skip;
}
