<?php
// A page whose button leads to the payment form of qiwi-pay, which this back end has had signed. With `cargo xtask dev`
// running, start it in this folder and open http://localhost:8000:
//
//     php -S localhost:8000 index.php

declare(strict_types=1);

// What `pantoken dev` uses. In production, set both.
define('PANTOKEN', getenv('PANTOKEN_URL') ?: 'http://localhost:3019');
define('API_KEY', getenv('PANTOKEN_API_KEY') ?: 'pantoken-dev-api-key');

/** Calls pantoken with the API key, which never leaves this back end. */
function callPantoken(string $method, string $path, ?array $body = null): string
{
    $answer = @file_get_contents(PANTOKEN . $path, false, stream_context_create(['http' => [
        'method' => $method,
        'header' => ['Authorization: Bearer ' . API_KEY, 'Content-Type: application/json'],
        'content' => $body === null ? '' : json_encode($body),
        'timeout' => 10,
    ]]));
    if ($answer === false) {
        http_response_code(503);
        exit('Nothing can be paid now. Please come back later.');
    }
    return $answer;
}

// Stands for your database: each visitor has one order. The sum is known here, and the page cannot change it.
session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax']);
$order = $_SESSION['order'] ??= 'order-' . bin2hex(random_bytes(8));
$amount = ['value' => '9.50', 'currency' => 'RUB'];

// The same order gives the same form, however often the page is opened. In production, add `successUrl`, to which the
// customer returns: https only.
$form = callPantoken('POST', '/v1/qiwi-pay/forms', ['operation' => 'sale', 'orderId' => $order, 'amount' => $amount]);
// Whoever returns may not have paid, so the state is what pantoken says.
$state = json_decode(callPantoken('GET', "/v1/qiwi-pay/payments/$order"), true)['state'];
?>
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Your order</title>
    <script type="module" src="<?= PANTOKEN ?>/pantoken/element.js"></script>
  </head>
  <body>
    <p><?= $order ?>: <output><?= htmlspecialchars($state) ?></output></p>
    <?php if (in_array($state, ['created', 'declined'], true)): ?>
    <pantoken-redirect session="<?= htmlspecialchars($form) ?>" language="en">Pay 9.50 ₽</pantoken-redirect>
    <?php endif ?>
  </body>
</html>
