namespace Rewt;

/// <summary>
/// The parts of an HTTP request that its token is bound to: their values become claims of the token, and a receiver refuses the token with a request
/// in which one of these parts differs.
/// </summary>
[Flags]
public enum RequestBinding
{
    /// <summary>The token is valid for any request to its audience.</summary>
    None = 0,

    /// <summary>The method, and the path and query exactly as they are sent.</summary>
    Target = 1,

    /// <summary>The bytes of the body as they are sent, <c>Content-Type</c> and <c>Content-Encoding</c>. The body is buffered.</summary>
    Body = 2,
}
