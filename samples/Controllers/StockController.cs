using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace Rewt.Samples.Controllers;

[ApiController]
[Route("stock/{item}")]
public sealed class StockController : ControllerBase
{
    [HttpGet]
    [Authorize("ReadStock")]
    public Stock Get(string item) => new(item, User.Identity?.Name, User.FindFirstValue("userId"));

    [HttpDelete]
    [Authorize("ChangeStock")]
    public IActionResult Delete(string item) => NoContent();
}

public sealed record Stock(string Item, string? Caller, string? UserId);
