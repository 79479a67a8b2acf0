// The provider's form for payments and card checks. Source: docs/payin.md, "The hosted form".

import { ask } from './ask.js';
import { cardFields } from './card-fields.js';
import { money } from './fields.js';

/** How often the server is asked for an outcome that is not known yet, in milliseconds. */
const POLL = 500;
const TEST_PAN = '4256000000000003';

const page = JSON.parse(document.getElementById('page-data').textContent);
const { texts, language } = page;
const isEmbedded = window.parent !== window;

document.addEventListener('DOMContentLoaded', page.state === 'unknown' ? () => post('INITIALIZATION_FAILED') : start);

/**
 * Posts a message to the page that embeds the form. The provider sends bare texts, and does not know the
 * page's origin. They contain nothing that another page must not see.
 */
function post(message) {
  if (isEmbedded) window.parent.postMessage(message, '*');
}

function start() {
  const form = document.getElementById('form');
  const button = document.getElementById('pay');
  const message = document.getElementById('message');
  const back = document.getElementById('back');
  const tests = document.getElementById('test-cards');
  const clear = () => {
    if (document.body.dataset.state === 'error') show('ready', '');
  };
  const card = cardFields(texts, clear);
  /** The fields as the provider's errors name them. */
  const names = { pan: 'number', expiryDate: 'expiry', cvv2: 'code', holderName: 'holder' };

  function show(state, text) {
    document.body.dataset.state = state;
    message.setAttribute('role', state === 'error' ? 'alert' : 'status');
    message.textContent = text;
  }

  function showForm(isShown) {
    form.hidden = !isShown;
    tests.hidden = !isShown;
    button.disabled = !isShown;
  }

  function showOutcome(state) {
    // Changed fields take an error off the page, so they come first.
    card.clear();
    if (state === 'succeeded') {
      showForm(false);
      show('saved', texts.succeeded);
      message.focus();
      post('PAYMENT_SUCCEEDED');
      leave();
    } else {
      // A card check has one attempt; a payment can be tried again.
      showForm(!page.isCheck);
      show('error', texts.failed);
      post('PAYMENT_FAILED');
    }
  }

  /** Leads a customer who came here by redirect back to the shop. */
  function leave() {
    if (page.successUrl === null || isEmbedded) return;
    back.href = page.successUrl;
    back.hidden = false;
    location.assign(page.successUrl);
  }

  async function waitForOutcome() {
    showForm(false);
    show('saving', texts.waiting);
    for (;;) {
      const answer = await ask(`/form/state?invoiceUid=${encodeURIComponent(page.invoiceUid)}`);
      if (answer?.state === 'succeeded' || answer?.state === 'failed') return showOutcome(answer.state);
      await new Promise((resolve) => setTimeout(resolve, POLL));
    }
  }

  function toIssuer(pareq) {
    const acs = document.getElementById('acs');
    acs.action = `/acs?lang=${language}`;
    acs.elements.PaReq.value = pareq;
    acs.elements.MD.value = page.invoiceUid;
    acs.elements.TermUrl.value = `${location.origin}/form/3ds${location.search}`;
    acs.submit();
  }

  async function pay() {
    button.disabled = true;
    show('saving', texts.waiting);
    post('PAYMENT_ATTEMPT');
    const { number: pan, expiry: expiryDate, code: cvv2, holder: holderName } = card.values();
    const body = { invoiceUid: page.invoiceUid, pan, expiryDate, cvv2, holderName };
    const answer = await ask('/form/card', body);
    const wrong = Object.keys(names).find((name) => answer?.cause?.[name]);
    if (wrong) {
      card.refuse[names[wrong]]();
      show('error', texts.check);
      button.disabled = false;
    } else if (answer?.state === 'three-ds') {
      toIssuer(answer.pareq);
    } else if (answer?.state === 'waiting') {
      waitForOutcome();
    } else if (answer?.state === 'succeeded' || answer?.state === 'failed') {
      showOutcome(answer.state);
    } else {
      show('error', answer?.state === 'expired' ? texts.expired : texts.unreachable);
      button.disabled = false;
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!button.disabled) pay();
  });
  tests.addEventListener('click', (event) => {
    const { expiry, code = '123', holder = '' } = event.target.dataset;
    if (expiry) card.fill({ number: TEST_PAN, expiry, code, holder });
  });

  showTexts();
  // After a reload, a browser may restore what was typed.
  form.reset();
  if (page.state === 'expired') {
    show('error', texts.expired);
    post('INITIALIZATION_FAILED');
    return;
  }
  post('INITIALIZED');
  if (page.state === 'ready' || page.state === 'three-ds') {
    // A customer who left the issuer's page types the card again, and gets there again.
    showForm(true);
    show('ready', '');
  } else if (page.state === 'waiting') {
    waitForOutcome();
  } else {
    showOutcome(page.state);
  }
}

function showTexts() {
  for (const [id, text] of [
    ['amount', page.amount && money(page.amount, language)],
    ['comment', page.comment],
  ]) {
    const element = document.getElementById(id);
    element.textContent = text ?? '';
    element.hidden = !text;
  }
  if (page.amount) document.getElementById('pay').textContent += ` ${money(page.amount, language)}`;
}
