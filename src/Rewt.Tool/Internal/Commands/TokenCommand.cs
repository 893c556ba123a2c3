using System.CommandLine;
using Rewt.Internal;

namespace Rewt.Tool;

/// <summary><c>rewt token</c>: defines the arguments of the commands that create, inspect, verify and explain tokens, and reads the token.</summary>
internal static class TokenCommand
{
    private static readonly Argument<string> Token = new("token") { Description = "The token, or - to read it from standard input, which keeps it out of the shell history." };

    private static readonly Argument<string?> TokenOrInput = new("token") { Description = "The token. Default: standard input, which keeps it out of the shell history.", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<string?> Audience = new("--audience") { Description = "The service that is called. Default: any service of the namespace.", HelpName = "service" };

    private static readonly Option<string?> Issuer = new("--issuer") { Description = "The service that the token names as its issuer. Default: rewt-tool.", HelpName = "service" };

    private static readonly Option<string?> ExpectedAudience = new("--audience") { Description = "The service that verifies the token. Default: any service.", HelpName = "service" };

    private static readonly Option<string?> Tenant = new("--tenant") { Description = "The tenant of the token, where services have Rewt:Tenants:Enabled.", HelpName = "tenant" };

    private static readonly Option<double?> Lifetime = new("--lifetime") { Description = "How long the token is valid, in seconds. Default: the same as tokens of the services.", HelpName = "seconds" };

    private static readonly Option<string[]> Claims = new("--claim") { Description = "A further claim of the token. The option can be repeated.", HelpName = "name=value", DefaultValueFactory = _ => [] };

    private static readonly Option<bool> NodeTokens = new("--accept-node-tokens") { Description = "Verify the token like a service with AcceptNodeTokens." };

    /// <summary>The byte order mark with which some shells begin the input of a program.</summary>
    private const char ByteOrderMark = '\uFEFF';

    public static Command Create()
    {
        Claims.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) <= 0)) result.AddError($"--claim must be name=value, not {KeyMaterial.Shown(token.Value)}.");
        });

        var create = new Command("create", "Sign a bearer token with the current key and print it.") { Audience, Issuer, Tenant, Lifetime, Claims };
        create.SetAction((arguments, cancellation) => TokenCreation.RunAsync(
            ToolContext.Of(arguments), arguments.GetValue(Audience), arguments.GetValue(Issuer), arguments.GetValue(Tenant), arguments.GetValue(Lifetime), arguments.GetValue(Claims)!, cancellation));
        var inspect = new Command("inspect", "Show the content of a token without verifying it. Does not need Redis.") { Token };
        inspect.SetAction(async (arguments, cancellation) => TokenInspection.Run(ToolContext.Of(arguments), await ReadAsync(arguments.GetValue(Token), cancellation)));
        var verify = new Command("verify", "Verify a token with the keys of the key ring, like a service.") { Token, ExpectedAudience, NodeTokens };
        verify.SetAction(async (arguments, cancellation) => await TokenVerification.VerifyAsync(
            ToolContext.Of(arguments), await ReadAsync(arguments.GetValue(Token), cancellation), arguments.GetValue(ExpectedAudience), arguments.GetValue(NodeTokens), cancellation));
        var explain = new Command("explain", "Show each check of a receiver for a token, in its order, and how to fix the one that fails.") { TokenOrInput, ExpectedAudience, NodeTokens };
        explain.SetAction(async (arguments, cancellation) => await TokenVerification.ExplainAsync(
            ToolContext.Of(arguments), await ReadAsync(arguments.GetValue(TokenOrInput), cancellation), arguments.GetValue(ExpectedAudience), arguments.GetValue(NodeTokens), cancellation));
        return new Command("token", "Tokens.") { create, inspect, verify, explain };
    }

    private static async Task<string> ReadAsync(string? given, CancellationToken cancellationToken)
    {
        if (given is null or "-") given = (await Console.In.ReadToEndAsync(cancellationToken)).TrimStart(ByteOrderMark);
        given = given.Trim();
        return given.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? given["Bearer ".Length..].Trim() : given;
    }
}
