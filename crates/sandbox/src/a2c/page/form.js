// The provider's form. Source: docs/a2c.md, "Redirect flow" and "Iframe flow".

import { cardField } from './card-field.js';
import { isEmbedded, connect, report } from './embedder.js';

const page = JSON.parse(document.getElementById('page-data').textContent);
const { request, refusal, registeredHosts, texts } = page;
const query = new URLSearchParams(location.search);
const redirects = query.has('agentCallbackUrl');

document.addEventListener('DOMContentLoaded', request ? startForm : startRefusal);

/** Tells the embedding page why there is no form. The callback URL cannot be trusted here. */
function startRefusal() {
  if (redirects || !isEmbedded()) return;
  const result = { requestId: query.get('requestId') ?? '', ...refusal };
  connect(registeredHosts, () => report(result), () => {});
}

function startForm() {
  const form = document.getElementById('form');
  const saveButton = document.getElementById('save');
  const message = document.getElementById('message');
  const back = document.getElementById('back');
  const field = cardField(texts, () => {
    if (document.body.dataset.state === 'error' && !saveButton.disabled) show('ready', '');
  });

  function show(state, text, code) {
    document.body.dataset.state = state;
    message.setAttribute('role', state === 'error' ? 'alert' : 'status');
    message.textContent = text;
    if (code) message.dataset.code = code;
    else delete message.dataset.code;
  }

  function enable() {
    saveButton.disabled = false;
    show('ready', '');
  }

  async function save() {
    saveButton.disabled = true;
    show('saving', texts.saving);
    const result = await send(field.digits());
    if (result === null) showError(texts.unreachable);
    else if (result.panToken) showSaved(result);
    else showRefused(result);
  }

  function showError(text, code) {
    saveButton.disabled = false;
    show('error', text, code);
    field.focus();
  }

  function showSaved(result) {
    form.hidden = true;
    back.hidden = true;
    document.getElementById('test-numbers').hidden = true;
    show('saved', redirects ? `${texts.saved}. ${texts.returning}` : texts.saved);
    message.focus();
    deliver(result);
  }

  function showRefused(result) {
    const invalidPan = result.errorCode === 'INVALID_PAN';
    if (invalidPan) field.markMistyped();
    showError(texts.errors[result.errorCode], result.errorCode);
    if (redirects && invalidPan) {
      back.href = callbackUrl(result);
      back.hidden = false;
    } else {
      deliver(result);
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!saveButton.disabled) save();
  });
  document.getElementById('test-numbers').addEventListener('click', (event) => {
    const { pan } = event.target.dataset;
    if (pan) field.fill(pan);
  });

  // After a reload, a browser may restore the form's previous state.
  form.reset();
  saveButton.disabled = true;
  if (redirects) enable();
  else if (isEmbedded()) connect(registeredHosts, enable, () => show('error', texts.unregistered));
  else show('error', texts.notEmbedded);
}

/** Sends the card number to the server. Returns the result, or null if there is none. */
async function send(pan) {
  try {
    const response = await fetch('save', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, pan }),
    });
    return await response.json();
  } catch {
    return null;
  }
}

function deliver(result) {
  if (redirects) location.assign(callbackUrl(result));
  else report(result);
}

/** Returns the agent's callback URL with the result in its query. */
function callbackUrl(result) {
  const url = request.agentCallbackUrl;
  const pairs = Object.entries(result).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return url + (url.includes('?') ? '&' : '?') + pairs.join('&');
}
