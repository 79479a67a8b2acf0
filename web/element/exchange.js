// What passes between the element's scripts and the module. The module asks by name for what the scripts
// wrote, and for the fields of what somebody else made, and gives its orders. Only own properties count,
// whatever a page put on `Object.prototype`, and no getter throws into the module. `pantoken-widget` reads
// messages and answers in the same way in Rust.

const { hasOwnProperty } = Object.prototype;
const { isSafeInteger } = Number;

/** What the module reads. @type {any} */
let input;
/** How long a text may be that it reads. */
let longestText = Infinity;
/** The orders that it has given. @type {any[]} */
let orders;

/** @param {string} name */
const own = (name) => (hasOwnProperty.call(input, name) ? input[name] : undefined);

/**
 * Calls the module, which reads the value, and returns its orders.
 * @param {object} value @param {() => void} call
 */
export function exchange(value, call) {
  input = value;
  longestText = Infinity;
  /** @type {any[]} */
  const given = [];
  orders = given;
  call();
  return given;
}

/** Read from JSON, so that no field comes from Object.prototype, or goes to a setter there. @param {string} json */
export function order(json) {
  orders.push(JSON.parse(json));
}

/**
 * Opens a field that somebody else made, for all that is read from now on: an object, or the one that a
 * text holds in JSON. Any other text is the field `status`.
 * @param {string} name @param {number} longest
 */
export function open(name, longest) {
  input = own(name);
  longestText = longest;
  if (typeof input == "string") {
    try {
      input = input.length > longest ? { status: input } : JSON.parse(input);
    } catch {
      input = { status: input };
    }
  }
}

/** @param {string} kind @param {string} text */
const limited = (kind, text) => (text.length > longestText ? "" : kind + text);

/**
 * Returns a field: `undefined` if it is absent, `s` and a text, `n` and an integer, `o` and the names of an object's
 * fields, each with a line break, or nothing if it is unusable. A name that has a line break is not found under what is
 * before it.
 * @param {string} name @returns {string | undefined}
 */
export function field(name) {
  try {
    const value = own(name);
    if (value == null) return;
    if (typeof value == "string") return limited("s", value);
    if (typeof value == "bigint" || isSafeInteger(value)) return "n" + value;
    if (typeof value == "object") return limited("o", Object.keys(value).map((key) => key + "\n").join(""));
  } catch {
    // `null` has no fields.
  }
  return "";
}
