/** Creates the form that the options describe which `exchange.js` has, and returns its number. */
export function create(): number;

/** Hands the form what `exchange.js` has; it gives its orders. */
export function handle(form: number): void;

export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
