// What has become of a payment.

import { ask } from './ask.js';
import { money } from './fields.js';

/** How often the server is asked for an outcome that is not known yet, in milliseconds. */
const POLL = 500;
/** How long an outcome is shown before the customer is led back to the shop, in milliseconds. */
const SHOWN = { paid: 2_000, held: 2_000, declined: 10_000 };

const page = JSON.parse(document.getElementById('page-data').textContent);
const { texts, language, token } = page;

document.addEventListener('DOMContentLoaded', () => {
  document.getElementById('amount').textContent = money(page.amount, language);
  const message = document.getElementById('message');
  const [state, text] = {
    paid: ['saved', texts.paid],
    held: ['saved', texts.held],
    declined: ['error', texts.declinedPayment],
    waiting: ['saving', texts.waiting],
    'three-ds': ['ready', texts.confirm],
    expired: ['error', texts.expired],
    ready: ['ready', texts.notPaid],
  }[page.state];
  document.body.dataset.state = state;
  message.setAttribute('role', state === 'error' ? 'alert' : 'status');
  message.textContent = text;
  showLink('again', page.isPayable || page.pareq !== null ? `/?token=${token}&lang=${language}` : null);
  showLink('back', page.back);
  if (page.state === 'waiting') waitForOutcome();
  if (page.back !== null && SHOWN[page.state]) {
    setTimeout(() => location.assign(page.back), SHOWN[page.state]);
  }
});

function showLink(id, address) {
  const link = document.getElementById(id);
  link.hidden = address === null;
  if (address !== null) link.href = address;
}

async function waitForOutcome() {
  for (;;) {
    const answer = await ask(`/form/state?token=${token}`);
    if (answer?.state && answer.state !== 'waiting') return location.reload();
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}
