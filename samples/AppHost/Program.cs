// Aspire starts Redis and the three services. The name "redis" of the resource becomes the setting ConnectionStrings:redis of each service.
var builder = DistributedApplication.CreateBuilder(args);

var redis = builder.AddRedis("redis");

var shipping = builder.AddProject<Projects.Shipping>("shipping").WithReference(redis);

var inventory = builder.AddProject<Projects.Inventory>("inventory")
    .WithReference(redis)
    .WithEnvironment("Services__shipping", shipping.GetEndpoint("http"));

builder.AddProject<Projects.Orders>("orders")
    .WithReference(redis)
    .WithEnvironment("Services__inventory", inventory.GetEndpoint("http"))
    .WithEnvironment("Services__shipping", shipping.GetEndpoint("http"));

builder.Build().Run();
