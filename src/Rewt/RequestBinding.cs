namespace Rewt;

/// <summary>
/// The parts of an HTTP request that its token is bound to. The sender adds a hash or the value of each part to the token as a claim. A receiver
/// refuses the token if one of the parts of the received request differs.
/// </summary>
[Flags]
public enum RequestBinding
{
    /// <summary>The token is bound to no part of the request, and is valid for any request to its audience.</summary>
    None = 0,

    /// <summary>The token is bound to the HTTP method, and to the path and query exactly as they are sent.</summary>
    Target = 1,

    /// <summary>
    /// The token is bound to the bytes of the body as they are sent, and to the headers <c>Content-Type</c> and <c>Content-Encoding</c>. The sender
    /// buffers the body.
    /// </summary>
    Body = 2,
}
