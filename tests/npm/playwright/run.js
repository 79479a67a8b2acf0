// Saves a card with the helper for Playwright, and prints what the page shows then.
// Usage: node run.js URL BROWSER, where BROWSER is the path of a Chromium.
import { saveCard } from "pantoken/testing";
import { chromium } from "playwright-core";

// @ts-expect-error: Node's own types are not installed.
const [url, executablePath] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  await page.goto(url);
  await saveCard(page);
  console.log(await page.locator("output:not(:empty)").textContent());
} finally {
  await browser.close();
}
