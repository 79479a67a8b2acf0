// Not run by the tests. A back end whose customers save a card for payouts, with ASP.NET Core 8 or later (a project of
// `dotnet new web`). Run it with `--urls http://localhost:8000`, beside
// `pantoken dev --webhook-url http://localhost:8000/webhook`.
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

// What `pantoken dev` uses. In production, set all three. Secrets are separated by commas.
static string Setting(string name, string fallback) => Environment.GetEnvironmentVariable(name) ?? fallback;
var secrets = Setting("PANTOKEN_WEBHOOK_SECRET", "pantoken-dev-webhook-secret").Split(',');
// The API key never leaves this back end.
var pantoken = new HttpClient
{
    BaseAddress = new Uri(Setting("PANTOKEN_URL", "http://localhost:3019")),
    Timeout = TimeSpan.FromSeconds(10),
};
pantoken.DefaultRequestHeaders.Authorization =
    new AuthenticationHeaderValue("Bearer", Setting("PANTOKEN_API_KEY", "pantoken-dev-api-key"));

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 64 * 1024);
builder.Services.AddDistributedMemoryCache().AddSession();
var app = builder.Build();
app.UseSession();

// Stands for your log-in: each visitor is a customer.
static string CustomerOf(HttpContext context)
{
    var known = context.Session.GetString("customer");
    var customer = known ?? $"customer-{Guid.NewGuid()}";
    if (known is null) context.Session.SetString("customer", customer);
    return customer;
}

bool IsFromPantoken(string header, byte[] body)
{
    var parts = Regex.Match(header, @"\At=([0-9]{1,12})((?:,v1=[0-9a-f]{64})+)\z");
    var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    if (!parts.Success || Math.Abs(now - long.Parse(parts.Groups[1].Value)) > 300) return false;
    var signed = Encoding.UTF8.GetBytes(parts.Groups[1].Value + ".").Concat(body).ToArray();
    var holds = false;
    foreach (var secret in secrets)
    {
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed);
        foreach (var digits in parts.Groups[2].Value.Split(",v1=")[1..])
            holds |= CryptographicOperations.FixedTimeEquals(expected, Convert.FromHexString(digits));
    }
    return holds;
}

// For a page with `<pantoken-form session-url="/session">`: a session of the customer who is logged in.
app.MapPost("/session", async (HttpContext context) =>
{
    var wanted = new { flow = "iframe", language = "en", customer = CustomerOf(context) };
    var answer = await pantoken.PostAsJsonAsync("/v1/sessions", wanted);
    var body = await answer.Content.ReadAsStringAsync();
    return Results.Text(body, "application/json", statusCode: (int)answer.StatusCode);
});

// Tells the page what became of the card, if it is this customer's. The token stays here.
app.MapGet("/card", async (string requestId, HttpContext context) =>
{
    var customer = Uri.EscapeDataString(CustomerOf(context));
    var answer = await pantoken.GetAsync($"/v1/sessions/{Uri.EscapeDataString(requestId)}?customer={customer}");
    if (!answer.IsSuccessStatusCode) return Results.Json(new { state = "unknown" }, statusCode: 404);
    var session = await answer.Content.ReadFromJsonAsync<JsonElement>();
    return Results.Json(new { state = session.GetProperty("state").GetString() });
});

// Receives what became of a card, even if the customer has closed the page.
app.MapPost("/webhook", async (HttpRequest request) =>
{
    using var input = new MemoryStream();
    await request.Body.CopyToAsync(input);
    var body = input.ToArray();
    if (!IsFromPantoken(request.Headers["Pantoken-Signature"].ToString(), body)) return Results.BadRequest();
    var webhook = JsonSerializer.Deserialize<JsonElement>(body);
    if (webhook.GetProperty("type").GetString() == "session.saved" && webhook.TryGetProperty("customer", out var customer))
    {
        // Store the field "panToken" for this customer in your database.
    }
    return Results.Ok();
});

app.Run();
