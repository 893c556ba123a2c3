using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// A start-up check that refuses API keys if <see cref="RewtOptions.Tenants"/> are enabled for the main scheme. An API key belongs to no tenant, so
/// it would give access to all tenants.
/// </summary>
internal sealed class ApiKeyTenantsValidator : IValidateOptions<RewtOptions>
{
    public ValidateOptionsResult Validate(string? name, RewtOptions options) => string.IsNullOrEmpty(name) && options.Tenants.Enabled
        ? ValidateOptionsResult.Fail($"{options.Section}:Tenants:Enabled must be false with AddRewtApiKeys, because apps belong to no tenant. Add a separate scheme for tenants: AddRewt(\"Users\", …).")
        : ValidateOptionsResult.Skip;
}
