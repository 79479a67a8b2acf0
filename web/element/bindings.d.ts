/** The functions of a module that an element calls. */
export interface Exports {
  /** Creates the form that is described by the options in `exchange.js`, and returns its number. */
  create(): number;

  /** Passes the input in `exchange.js` to the form, which gives its orders there. */
  handle(form: number): void;
}

/** Makes the bindings of one instance of a module. */
export function bind(): Exports & {
  imports: WebAssembly.ModuleImports;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
};
