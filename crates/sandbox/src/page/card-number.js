// Hints about a card number while it is typed. The server decides.

const MAX_DIGITS = 19;

const BRANDS = [
  ['Visa', /^4/],
  ['American Express', /^3[47]/],
  ['Mir', /^220[0-4]/],
  ['Mastercard', /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/],
  ['UnionPay', /^62/],
  ['Maestro', /^(50|5[6-8]|6[37])/],
];

/** Returns the digits of a text, at most as many as a card number has. */
export function digitsOf(text) {
  return text.replace(/\D/g, '').slice(0, MAX_DIGITS);
}

/** Returns the brand of a number by its first digits, or an empty text. */
export function brandOf(digits) {
  const brand = BRANDS.find(([, prefix]) => prefix.test(digits));
  return brand ? brand[0] : '';
}

/** Returns the digits in groups, as on the card. */
export function grouped(digits) {
  const groups = brandOf(digits) === 'American Express'
    ? /^(\d{1,4})(\d{1,6})?(\d{1,5})?(\d{1,4})?$/
    : /^(\d{1,4})(\d{1,4})?(\d{1,4})?(\d{1,4})?(\d{1,3})?$/;
  const match = groups.exec(digits);
  return match ? match.slice(1).filter(Boolean).join(' ') : '';
}

/** Returns whether the digits have the length of a card number and pass the Luhn check. */
export function isCardNumber(digits) {
  if (digits.length < 13) return false;
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
