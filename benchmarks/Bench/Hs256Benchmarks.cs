using Microsoft.IdentityModel.Tokens;

namespace Rewt.Benchmarks;

/// <summary>Compares a shared secret with JwtBearer and a static secret.</summary>
public class Hs256Benchmarks() : AuthenticateBenchmarks(SecurityAlgorithms.HmacSha256, 1 << 16);
