// All fields of a card, which the forms for payments share.

import { cardField } from './card-field.js';
import { expiryField, mark, refuse, textField } from './fields.js';

/** Sets up the fields. `onInput` is called after each change. `texts` are the texts of the page. */
export function cardFields(texts, onInput) {
  const number = cardField(texts, onInput);
  const expiry = expiryField(onInput);
  const code = textField('security-code', onInput, true);
  const holder = textField('holder', onInput);

  function fill(card) {
    number.fill(card.number);
    expiry.value = card.expiry;
    code.value = card.code;
    holder.value = card.holder;
    for (const id of ['expiry', 'security-code', 'holder']) mark(id, '');
    onInput();
  }

  return {
    fill,
    clear: () => fill({ number: '', expiry: '', code: '', holder: '' }),
    values: () => ({
      number: number.digits(),
      expiry: expiry.value,
      code: code.value,
      holder: holder.value,
    }),
    /** Shows what is wrong with a field of `values`, and leads there. */
    refuse: {
      number: () => {
        number.markMistyped();
        number.focus();
      },
      expiry: () => refuse('expiry', texts.wrongExpiry),
      code: () => refuse('security-code', texts.wrongCode),
      holder: () => refuse('holder', texts.wrongHolder),
    },
  };
}
