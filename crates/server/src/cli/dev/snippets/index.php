<?php
// Whose card is it? Your log-in knows the customer; the page never says it.
$customer = 'customer-7';

$session = file_get_contents('http://localhost:3019/v1/sessions', false, stream_context_create(['http' => [
    'method' => 'POST',
    'header' => ['Authorization: Bearer pantoken-dev-api-key', 'Content-Type: application/json'],
    'content' => json_encode(['flow' => 'iframe', 'language' => 'en', 'customer' => $customer]),
]]));
?>
<!doctype html>
<script type="module" src="http://localhost:3019/pantoken/element.js"></script>
<pantoken-form session="<?= htmlspecialchars($session) ?>" language="en"></pantoken-form>
