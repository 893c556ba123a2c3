using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace Rewt.Tests.Receiving;

/// <summary>A controller with an action without attributes for authorization, a protected action and an anonymous action.</summary>
[ApiController]
[Route("stock")]
public sealed class StockController : ControllerBase
{
    [HttpGet]
    public IActionResult Default() => Ok();

    [HttpGet("closed")]
    [Authorize]
    public IActionResult Closed() => Ok();

    [HttpGet("open")]
    [AllowAnonymous]
    public IActionResult Open() => Ok();
}
