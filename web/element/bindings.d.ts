/** What an element calls of its module. */
export interface Exports {
  /** Creates the form that the options describe which `exchange.js` has, and returns its number. */
  create(): number;

  /** Hands the form what `exchange.js` has; it gives its orders. */
  handle(form: number): void;
}

/** Makes the bindings of one instance of a module. */
export function bind(): Exports & {
  imports: WebAssembly.ModuleImports;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
};
