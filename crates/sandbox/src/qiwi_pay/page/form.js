// The provider's payment form. Source: docs/sandbox.md, "qiwi-pay".

import { ask } from './ask.js';
import { cardFields } from './card-fields.js';
import { money } from './fields.js';

const TEST_PAN = '4111111111111111';
/** The fields as the provider's errors name them. */
const NAMES = { pan: 'number', expiry: 'expiry', cvv2: 'code', card_name: 'holder' };

const page = JSON.parse(document.getElementById('page-data').textContent);
const { texts, language, token } = page;

document.addEventListener('DOMContentLoaded', () => {
  // A payment that has an outcome, or waits for it, is on the page of the status.
  const isOver = !page.isPayable && page.state !== 'three-ds' && page.state !== 'expired';
  if (isOver) location.replace(statusPage());
  else start();
});

// A page from the browser's cache shows what was, not what is.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});

function statusPage() {
  return `/status?token=${token}&lang=${language}`;
}

function start() {
  const form = document.getElementById('form');
  const button = document.getElementById('pay');
  const message = document.getElementById('message');
  const tests = document.getElementById('test-cards');
  const card = cardFields(texts, () => {
    if (document.body.dataset.state === 'error') show('ready', '');
  });

  function show(state, text) {
    document.body.dataset.state = state;
    message.setAttribute('role', state === 'error' ? 'alert' : 'status');
    message.textContent = text;
  }

  function toIssuer(pareq) {
    const acs = document.getElementById('acs');
    acs.action = `/acs?lang=${language}`;
    acs.elements.PaReq.value = pareq;
    acs.elements.MD.value = token;
    acs.elements.TermUrl.value = `${location.origin}/form/3ds?lang=${language}`;
    acs.submit();
  }

  function showRefusal(answer) {
    const wrong = answer.errors?.map(({ field }) => NAMES[field]).filter(Boolean);
    for (const name of wrong?.reverse() ?? []) card.refuse[name]();
    const text = {
      8019: texts.check,
      8055: texts.alreadyPaid,
      8056: texts.inProcess,
      8069: texts.testLimit,
      8070: texts.testLimit,
    };
    show('error', text[answer.error_code] ?? texts.refused);
  }

  async function pay() {
    button.disabled = true;
    show('saving', texts.waiting);
    const { number: pan, expiry, code: cvv2, holder } = card.values();
    const typed = { pan, expiry: expiry.replace('/', ''), cvv2, card_name: holder };
    const answer = await ask('/form/card', { token, ...typed });
    if (answer?.pareq) return toIssuer(answer.pareq);
    if (answer?.txn_id) return location.assign(statusPage());
    if (answer) showRefusal(answer);
    else show('error', texts.unreachable);
    button.disabled = false;
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (page.pareq !== null) toIssuer(page.pareq);
    else if (!button.disabled) pay();
  });
  tests.addEventListener('click', (event) => {
    const { expiry, code = '123', holder = '' } = event.target.dataset;
    if (expiry) card.fill({ number: TEST_PAN, expiry, code, holder });
  });

  showOrder();
  // After a reload, a browser may restore what was typed.
  form.reset();
  if (page.state === 'expired') return show('error', texts.expired);
  form.hidden = false;
  // A customer who left the issuer's page types no card again, because the payment waits for that page.
  const needsCard = page.savedCard === null && page.pareq === null;
  document.getElementById('card').hidden = !needsCard;
  tests.hidden = !needsCard;
  show('ready', page.pareq === null ? '' : texts.confirm);
}

function showOrder() {
  const amount = money(page.amount, language);
  document.getElementById('amount').textContent = amount;
  document.getElementById('pay').textContent += ` ${amount}`;
  const comment = document.getElementById('comment');
  const order = page.order && `${texts.order} ${page.order}`;
  comment.textContent = [page.product, order].filter(Boolean).join(' · ');
  comment.hidden = comment.textContent === '';
  document.getElementById('saved-card').hidden = page.savedCard === null;
  document.getElementById('saved-number').textContent = page.savedCard ?? '';
  const other = document.getElementById('language');
  const code = language === 'ru' ? 'en' : 'ru';
  other.href = `/?token=${token}&lang=${code}`;
  other.lang = code;
  other.hreflang = code;
  const back = document.getElementById('back');
  back.hidden = page.back === null;
  if (page.back !== null) back.href = page.back;
}
