// The card number field. It groups the digits as they are typed, and keeps the caret in place.

import { brandOf, digitsOf, grouped, isCardNumber } from './card-number.js';

/**
 * Sets up the field. `onInput` is called after each change. `texts` has `hint` and `mistyped`, one of
 * which is shown under the field.
 */
export function cardField(texts, onInput) {
  const input = document.getElementById('card-number');
  const brand = document.getElementById('brand');
  const hint = document.getElementById('hint');
  let digits = '';

  function write(next, digitsBeforeCaret) {
    digits = digitsOf(next);
    input.value = grouped(digits);
    const caret = caretAfter(input.value, Math.min(digitsBeforeCaret, digits.length));
    if (document.activeElement === input) input.setSelectionRange(caret, caret);
    brand.textContent = brandOf(digits);
    if (isCardNumber(digits)) markMistyped(false);
    onInput();
  }

  function markMistyped(mistyped) {
    input.setAttribute('aria-invalid', String(mistyped));
    hint.textContent = mistyped ? texts.mistyped : texts.hint;
  }

  input.addEventListener('input', (event) => {
    let next = input.value.replace(/\D/g, '');
    let before = digitsOf(input.value.slice(0, input.selectionStart)).length;
    // Only a space was deleted, which grouping adds again. The customer meant the digit beyond it.
    if (next === digits && event.inputType === 'deleteContentBackward' && before > 0) {
      before -= 1;
      next = next.slice(0, before) + next.slice(before + 1);
    } else if (next === digits && event.inputType === 'deleteContentForward') {
      next = next.slice(0, before) + next.slice(before + 1);
    }
    write(next, before);
  });

  // The field's maximum length would truncate a number that is pasted with more separators.
  input.addEventListener('paste', (event) => {
    event.preventDefault();
    const pasted = event.clipboardData.getData('text').replace(/\D/g, '');
    const before = digitsOf(input.value.slice(0, input.selectionStart));
    const after = digitsOf(input.value.slice(input.selectionEnd));
    write(before + pasted + after, before.length + pasted.length);
  });

  input.addEventListener('blur', () => {
    markMistyped(digits !== '' && !isCardNumber(digits));
  });

  return {
    digits: () => digits,
    fill: (pan) => write(pan, pan.length),
    focus: () => input.focus(),
    markMistyped: () => markMistyped(true),
  };
}

/** Returns the index after the first `count` digits of the text. */
function caretAfter(text, count) {
  let caret = 0;
  for (let digits = 0; digits < count; caret += 1) {
    if (/\d/.test(text[caret])) digits += 1;
  }
  return caret;
}
