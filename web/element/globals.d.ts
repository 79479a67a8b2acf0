/** The package's version, which the build puts in. */
declare const VERSION: string;

declare module "*.wasm" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}

interface Document {
  readonly prerendering?: boolean;
}
