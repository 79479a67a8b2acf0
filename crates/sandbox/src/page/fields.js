// The fields of the form beside the card's number, and amounts.

/** Returns an amount of roubles as people write it. */
export function money(amount, language) {
  const value = language === 'ru' ? amount.replace('.', ',') : amount;
  return `${value}\u00a0₽`;
}

/** Sets up the expiry date: a slash stands after the month. `onInput` is called after each change. */
export function expiryField(onInput) {
  const input = document.getElementById('expiry');
  input.addEventListener('input', (event) => {
    const digits = input.value.replace(/\D/g, '').slice(0, 4);
    const deletes = event.inputType?.startsWith('delete');
    const hasSlash = digits.length > 2 || (digits.length === 2 && !deletes);
    input.value = hasSlash ? `${digits.slice(0, 2)}/${digits.slice(2)}` : digits;
    mark('expiry', '');
    onInput();
  });
  return input;
}

/** Sets up a field that takes any text, or digits alone. */
export function textField(id, onInput, digitsAlone = false) {
  const input = document.getElementById(id);
  input.addEventListener('input', () => {
    if (digitsAlone) input.value = input.value.replace(/\D/g, '');
    mark(id, '');
    onInput();
  });
  return input;
}

/** Shows what is wrong with a field, or that nothing is. */
export function mark(id, text) {
  const input = document.getElementById(id);
  input.setAttribute('aria-invalid', String(text !== ''));
  document.getElementById(input.getAttribute('aria-describedby')).textContent = text;
}

/** Shows what is wrong with a field, and leads there. */
export function refuse(id, text) {
  mark(id, text);
  document.getElementById(id).focus();
}
