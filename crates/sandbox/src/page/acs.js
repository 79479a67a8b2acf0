// The issuer's page for 3-D Secure. Its form leads to the page that asked for it, with what that page sent.

import { money } from './fields.js';

const { acs, language } = JSON.parse(document.getElementById('page-data').textContent);

document.addEventListener('DOMContentLoaded', () => {
  const form = document.getElementById('form');
  form.action = acs.termUrl;
  form.elements.MD.value = acs.md;
  const amount = document.getElementById('amount');
  amount.hidden = acs.amount === null;
  if (acs.amount !== null) amount.textContent = money(acs.amount, language);
});
