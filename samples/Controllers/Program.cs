// Controllers receives the calls of Orders in a controller. Two policies name the services that may call.
var builder = WebApplication.CreateBuilder(args);

builder.Services.AddControllers();
builder.Services.AddRewtAuthentication();
builder.Services.AddAuthorizationBuilder()
    .AddPolicy("ReadStock", policy => policy.RequireCaller("orders", "warehouse"))
    .AddPolicy("ChangeStock", policy => policy.RequireCaller("warehouse"));

var app = builder.Build();

app.MapControllers();

app.Run();
