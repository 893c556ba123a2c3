using Microsoft.IdentityModel.Tokens;

namespace Rewt.Benchmarks;

/// <summary>A shared secret against JwtBearer with a static one.</summary>
public class Hs256Benchmarks() : AuthenticateBenchmarks(SecurityAlgorithms.HmacSha256, 1 << 16);
