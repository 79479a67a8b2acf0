// Bundles a page as webpack does when it is told nothing but where the page is.
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import webpack from "webpack";

const path = fileURLToPath(new URL("dist", import.meta.url));

webpack({ mode: "production", entry: "./bundle/page.js", output: { path } }, async (error, stats) => {
  if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString("errors-only"));
  await cp("bundle/index.html", `${path}/index.html`);
});
