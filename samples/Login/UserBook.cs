using Microsoft.AspNetCore.Identity;

namespace Rewt.Samples.Login;

/// <summary>Two sample users. Real users are in a database, ASP.NET Core Identity or a directory. Only salted password hashes are stored.</summary>
internal sealed class UserBook
{
    private readonly PasswordHasher<string> _hasher = new();
    private readonly Dictionary<string, string> _hashes;
    private readonly string _unknownUser;

    public UserBook()
    {
        _hashes = new Dictionary<string, string>(StringComparer.Ordinal) { ["ada"] = Hash("ada"), ["grace"] = Hash("grace") };
        _unknownUser = Hash("an unknown user");

        string Hash(string userId) => _hasher.HashPassword(userId, $"{userId}-secret");
    }

    public bool Contains(string userId) => _hashes.ContainsKey(userId);

    /// <summary>Returns the user if the password is correct. An unknown user takes as long as a known one.</summary>
    public string? Find(Credentials credentials)
    {
        if (string.IsNullOrEmpty(credentials.UserId) || string.IsNullOrEmpty(credentials.Password)) return null;

        var known = _hashes.TryGetValue(credentials.UserId, out var hash);
        var result = _hasher.VerifyHashedPassword(credentials.UserId, hash ?? _unknownUser, credentials.Password);
        return known && result != PasswordVerificationResult.Failed ? credentials.UserId : null;
    }
}
