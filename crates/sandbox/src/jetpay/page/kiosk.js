// The page that plays a kiosk: choose the merchant, type the account, insert notes, take the receipt.

const page = JSON.parse(document.getElementById('page-data').textContent);
const { texts, language } = page;
/** The notes of Kazakhstan, in tenge. */
const NOTES = [200, 500, 1000, 2000, 5000, 10000, 20000];
/** What a kiosk takes in one payment, in tenge. */
const MOST = 500_000;

document.addEventListener('DOMContentLoaded', start);

function start() {
  const element = (id) => document.getElementById(id);
  const message = element('message');
  const account = element('account');
  let confirmed = null;
  let total = 0;

  function show(state, text, code = '') {
    document.body.dataset.state = state;
    message.setAttribute('role', state === 'error' ? 'alert' : 'status');
    message.textContent = text;
    if (code) message.dataset.code = code;
    else delete message.dataset.code;
  }

  function go(step) {
    for (const id of ['services', 'form', 'cash', 'receipt']) element(id).hidden = id !== step;
    element('again').hidden = step === 'services';
  }

  function begin() {
    confirmed = null;
    total = 0;
    account.value = '';
    show('ready', '');
    go('services');
    showTotal();
  }

  function showTotal() {
    element('total').textContent = money(total);
    element('pay').disabled = total === 0;
    for (const note of element('notes').children) note.disabled = total + Number(note.value) > MOST;
  }

  function refuseAccount(text, code) {
    account.setAttribute('aria-invalid', 'true');
    show('error', text, code);
    account.focus();
  }

  async function check() {
    const customerId = account.value.trim();
    if (customerId === '') return refuseAccount(texts.accountMissing);
    element('check').disabled = true;
    show('saving', texts.checking);
    const answer = await post('/kiosk/verify', { customerId });
    element('check').disabled = false;
    if (answer?.state !== 'confirmed') {
      const text = answer?.reason === 'NO_ACCOUNT' ? texts.noAccount : texts.unreachable;
      return refuseAccount(text, answer?.answer?.message);
    }
    confirmed = { ...answer, customerId };
    element('paid-account').textContent = customerId;
    show('ready', '');
    go('cash');
    element('notes').firstElementChild.focus();
  }

  async function pay() {
    element('pay').disabled = true;
    for (const note of element('notes').children) note.disabled = true;
    show('saving', texts.paying);
    const { customerId, currency, additionalCustomerId } = confirmed;
    const deposit = await post('/kiosk/deposit', {
      customerId, currency, additionalCustomerId, amount: total * 100,
    });
    if (!deposit?.receipt) {
      showTotal();
      return show('error', texts.unreachable);
    }
    element('receipt-number').textContent = deposit.receipt;
    element('receipt-account').textContent = customerId;
    element('receipt-total').textContent = money(total);
    element('payment-id').textContent = deposit.paymentId ?? '—';
    go('receipt');
    if (deposit.state === 'created') show('saved', texts.paid);
    else show('error', texts.pending, deposit.answer?.message);
    message.focus();
  }

  element('merchant').textContent = page.merchant;
  for (const value of NOTES) {
    const note = document.createElement('button');
    note.type = 'button';
    note.value = value;
    note.textContent = money(value);
    element('notes').append(note);
  }
  for (const link of document.querySelectorAll('.languages a')) {
    if (link.search === `?lang=${language}`) link.setAttribute('aria-current', 'true');
  }
  element('merchant').addEventListener('click', () => {
    go('form');
    account.focus();
  });
  account.addEventListener('input', () => {
    account.setAttribute('aria-invalid', 'false');
    if (document.body.dataset.state === 'error') show('ready', '');
  });
  element('form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (!element('check').disabled) check();
  });
  element('notes').addEventListener('click', (event) => {
    if (!event.target.value) return;
    total += Number(event.target.value);
    showTotal();
  });
  element('pay').addEventListener('click', pay);
  element('again').addEventListener('click', () => {
    begin();
    element('merchant').focus();
  });
  begin();
}

/** Returns an amount of tenge as people write it. */
function money(tenge) {
  // Browsers without Kazakh would write numbers as in English.
  const locale = language === 'en' ? 'en-GB' : 'ru-RU';
  return `${tenge.toLocaleString(locale)}\u00a0₸`;
}

/** Asks the server. Returns its JSON, or null if there is none. */
async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return null;
  }
}
