// Not run by the tests. A back end whose customers save a card for payouts, with Spring Boot 3 and its starter
// `spring-boot-starter-web`. Set `server.port=8000`, and run `pantoken dev --webhook-url http://localhost:8000/webhook`.
package example;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;

@SpringBootApplication
@RestController
public class Application {
    static final Pattern SIGNATURES = Pattern.compile("t=([0-9]{1,12})((?:,v1=[0-9a-f]{64})+)");

    // What `pantoken dev` uses. In production, set all three. Secrets are separated by commas.
    final String pantoken = setting("PANTOKEN_URL", "http://localhost:3019");
    final String apiKey = setting("PANTOKEN_API_KEY", "pantoken-dev-api-key");
    final String[] secrets = setting("PANTOKEN_WEBHOOK_SECRET", "pantoken-dev-webhook-secret").split(",");
    final ObjectMapper json = new ObjectMapper();
    final HttpClient client = HttpClient.newHttpClient();

    public static void main(String[] arguments) {
        SpringApplication.run(Application.class, arguments);
    }

    /** For a page with `<pantoken-form session-url="/session">`: a session of the customer who is logged in. */
    @PostMapping("/session")
    ResponseEntity<String> createSession(HttpSession login) throws IOException, InterruptedException {
        var wanted = Map.of("flow", "iframe", "language", "en", "customer", customerOf(login));
        var body = HttpRequest.BodyPublishers.ofString(json.writeValueAsString(wanted));
        var answer = call("/v1/sessions", request -> request.POST(body));
        return ResponseEntity.status(answer.statusCode()).header("Content-Type", "application/json").body(answer.body());
    }

    /** Tells the page what became of the card, if it is this customer's. The token stays here. */
    @GetMapping("/card")
    ResponseEntity<Map<String, String>> showCard(@RequestParam String requestId, HttpSession login)
            throws IOException, InterruptedException {
        var customer = customerOf(login);
        var path = "/v1/sessions/" + URLEncoder.encode(requestId, UTF_8) + "?customer=" + URLEncoder.encode(customer, UTF_8);
        var answer = call(path, HttpRequest.Builder::GET);
        if (answer.statusCode() != 200) {
            return ResponseEntity.status(404).body(Map.of("state", "unknown"));
        }
        return ResponseEntity.ok(Map.of("state", json.readTree(answer.body()).path("state").asText()));
    }

    /** Receives what became of a card, even if the customer has closed the page. */
    @PostMapping("/webhook")
    ResponseEntity<Void> receiveWebhook(
            @RequestHeader(name = "Pantoken-Signature", defaultValue = "") String header, @RequestBody byte[] body)
            throws IOException, GeneralSecurityException {
        if (!isFromPantoken(header, body)) {
            return ResponseEntity.badRequest().build();
        }
        JsonNode event = json.readTree(body);
        if (event.path("type").asText().equals("session.saved") && event.has("customer")) {
            // Store event.path("panToken") for event.path("customer") in your database.
        }
        return ResponseEntity.ok().build();
    }

    boolean isFromPantoken(String header, byte[] body) throws GeneralSecurityException {
        var parts = SIGNATURES.matcher(header);
        if (!parts.matches() || Math.abs(Instant.now().getEpochSecond() - Long.parseLong(parts.group(1))) > 300) {
            return false;
        }
        boolean holds = false;
        for (String secret : secrets) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
            mac.update((parts.group(1) + ".").getBytes(UTF_8));
            byte[] expected = mac.doFinal(body);
            for (String signature : parts.group(2).substring(4).split(",v1=")) {
                holds |= MessageDigest.isEqual(expected, HexFormat.of().parseHex(signature));
            }
        }
        return holds;
    }

    /** Calls pantoken with the API key, which never leaves this back end. */
    HttpResponse<String> call(String path, java.util.function.UnaryOperator<HttpRequest.Builder> with)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(pantoken + path))
                .header("Authorization", "Bearer " + apiKey)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(10));
        return client.send(with.apply(request).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Stands for your log-in: each visitor is a customer. */
    static String customerOf(HttpSession login) {
        if (login.getAttribute("customer") == null) {
            login.setAttribute("customer", "customer-" + UUID.randomUUID());
        }
        return (String) login.getAttribute("customer");
    }

    static String setting(String name, String fallback) {
        return System.getenv().getOrDefault(name, fallback);
    }
}
