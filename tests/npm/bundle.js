// Bundles a page as bundlers do when they are told nothing but where the page is. webpack knows asset URLs. esbuild and
// Rollup know none, so the page that they bundle has the module inside.
import { cp } from "node:fs/promises";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { rollup } from "rollup";
import webpack from "webpack";

const folder = (name) => fileURLToPath(new URL(`dist/${name}`, import.meta.url));

async function withWebpack(path) {
  const stats = await promisify(webpack)({ mode: "production", entry: "./bundle/page.js", output: { path } });
  if (stats.hasErrors()) throw new Error(stats.toString("errors-only"));
}

async function withEsbuild(path) {
  await esbuild.build({ entryPoints: ["bundle/inline.js"], bundle: true, outfile: `${path}/main.js` });
}

/** Rollup alone finds no packages. */
const packages = { resolveId: (id) => (id.startsWith("pantoken") ? fileURLToPath(import.meta.resolve(id)) : null) };

async function withRollup(path) {
  const bundle = await rollup({ input: "bundle/inline.js", plugins: [packages] });
  await bundle.write({ file: `${path}/main.js`, format: "iife" });
}

for (const [name, build] of Object.entries({ webpack: withWebpack, esbuild: withEsbuild, rollup: withRollup })) {
  await build(folder(name));
  await cp("bundle/index.html", `${folder(name)}/index.html`);
}
