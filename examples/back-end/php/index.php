<?php
// A back end whose customers save a card for payouts. With `cargo xtask dev -- --webhook-url
// http://localhost:8000/webhook` running, start it in this folder and open http://localhost:8000:
//
//     php -S localhost:8000 index.php

declare(strict_types=1);

// What `pantoken dev` uses. In production, set all three.
define('PANTOKEN', getenv('PANTOKEN_URL') ?: 'http://localhost:3019');
define('API_KEY', getenv('PANTOKEN_API_KEY') ?: 'pantoken-dev-api-key');
define('WEBHOOK_SECRET', getenv('PANTOKEN_WEBHOOK_SECRET') ?: 'pantoken-dev-webhook-secret');
// Your database: one line for each card.
define('CARDS', getenv('CARDS_FILE') ?: sys_get_temp_dir() . '/pantoken-example-cards.txt');

/** Calls pantoken with the API key, which never leaves this back end. Returns the status and the body. */
function callPantoken(string $method, string $path, ?array $body = null): array
{
    $answer = @file_get_contents(PANTOKEN . $path, false, stream_context_create(['http' => [
        'method' => $method,
        'header' => ['Authorization: Bearer ' . API_KEY, 'Content-Type: application/json'],
        'content' => $body === null ? '' : json_encode($body),
        'ignore_errors' => true,
        'timeout' => 10,
    ]]));
    preg_match('/ (\d{3})/', $http_response_header[0] ?? '', $status);
    return [(int) ($status[1] ?? 503), (string) $answer];
}

function isFromPantoken(string $header, string $body): bool
{
    return preg_match('/^t=(\d{1,12}),v1=([0-9a-f]{64})$/D', $header, $parts) === 1
        && abs(time() - (int) $parts[1]) <= 300
        && hash_equals(hash_hmac('sha256', "$parts[1].$body", WEBHOOK_SECRET), $parts[2]);
}

/** Stands for your log-in: each visitor is a customer. */
function customer(): string
{
    session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax']);
    return $_SESSION['customer'] ??= 'customer-' . bin2hex(random_bytes(8));
}

/** Receives what became of a card, even if the customer has closed the page. */
function receiveWebhook(): void
{
    $body = file_get_contents('php://input');
    if (!isFromPantoken($_SERVER['HTTP_PANTOKEN_SIGNATURE'] ?? '', $body)) {
        http_response_code(400);
        return;
    }
    $event = json_decode($body, true);
    if ($event['type'] === 'session.saved' && isset($event['customer'])) {
        file_put_contents(CARDS, "$event[customer] $event[panToken]\n", FILE_APPEND | LOCK_EX);
    }
}

/** Tells the page what became of the card, if it is this customer's. The token stays here. */
function showCard(string $requestId): void
{
    $customer = customer();
    $query = http_build_query(['customer' => $customer]);
    [$status, $answer] = callPantoken('GET', '/v1/sessions/' . rawurlencode($requestId) . "?$query");
    $session = json_decode($answer, true);
    header('Content-Type: application/json');
    if ($status !== 200 || ($session['customer'] ?? null) !== $customer) {
        http_response_code(404);
        echo json_encode(['state' => 'unknown']);
        return;
    }
    $cards = is_file(CARDS) ? file(CARDS, FILE_IGNORE_NEW_LINES) : [];
    $received = in_array("$customer " . ($session['panToken'] ?? ''), $cards, true);
    echo json_encode(['state' => $session['state'], 'webhookReceived' => $received]);
}

/** Shows the form in a session that belongs to the customer who is logged in. */
function showForm(): void
{
    $wanted = ['flow' => 'iframe', 'language' => 'en', 'customer' => customer()];
    [$status, $session] = callPantoken('POST', '/v1/sessions', $wanted);
    if ($status !== 201) {
        error_log("pantoken answered $status: $session");
        http_response_code(503);
        echo 'Cards cannot be saved now. Please come back later.';
        return;
    }
    $element = htmlspecialchars(PANTOKEN . '/pantoken/element.js');
    $session = htmlspecialchars($session);
    header('Content-Type: text/html; charset=utf-8');
    echo <<<HTML
        <!doctype html>
        <html lang="en">
          <title>Card for payouts</title>
          <script type="module" src="/page.js"></script>
          <script type="module" src="$element"></script>
          <pantoken-form session="$session" language="en"></pantoken-form>
          <output></output>
        </html>
        HTML;
}

/** Routes as in Laravel's routes/web.php. There, exempt `webhook` from the CSRF check: its signature is the check. */
final class Route
{
    private static array $actions = [];

    public static function get(string $path, callable $action): void
    {
        self::$actions["GET $path"] = $action;
    }

    public static function post(string $path, callable $action): void
    {
        self::$actions["POST $path"] = $action;
    }

    public static function dispatch(): void
    {
        $path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
        $action = self::$actions["$_SERVER[REQUEST_METHOD] $path"] ?? fn () => http_response_code(404);
        $action();
    }
}

Route::get('/', showForm(...));
Route::get('/card', fn () => showCard((string) ($_GET['requestId'] ?? '')));
Route::get('/page.js', fn () => [header('Content-Type: text/javascript'), readfile(__DIR__ . '/../page.js')]);
Route::post('/webhook', receiveWebhook(...));
Route::dispatch();
