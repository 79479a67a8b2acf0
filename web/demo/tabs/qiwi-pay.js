// An order that is paid on the provider's form in two steps, captured, and given back in part.

import { TEXTS } from "./qiwi-pay-texts.js";
import { Tab, create, find } from "./tab.js";

/** What the shop sells: the positions of the receipt that its server signs, in hundredths of a rouble. */
const POSITIONS = [["tea", 600], ["book", 400]];
/** Where the form of the order is kept while the customer is on the provider's page. */
const KEPT = "pantoken-demo-order";

const tab = new Tab(TEXTS);
const [pay, capture, refund, again] = ["#pay", "#capture", "#refund", "#again"].map(find);
let session;
let payment;
let isBusy = false;

/** @param {number} hundredths */
function money(hundredths) {
  const locale = tab.language == "en" ? "en-GB" : "ru-RU";
  return `${(hundredths / 100).toLocaleString(locale, { minimumFractionDigits: 2 })}\u00a0₽`;
}

function show() {
  const { state, capturedAmount, refundedAmount } = payment ?? {};
  const hundredths = (amount) => Math.round(Number(amount?.value ?? 0) * 100);
  find("#order").textContent = session?.requestId ?? "";
  find("#state").textContent = state ? tab.text(state) : "";
  const total = POSITIONS.reduce((sum, [, price]) => sum + price, 0);
  find("#total").textContent = money(total);
  find("#captured").textContent = money(hundredths(capturedAmount));
  find("#refunded").textContent = money(hundredths(refundedAmount));
  const rows = POSITIONS.map(([item, price]) =>
    create("tr", {}, create("td", {}, tab.text(item)), create("td", {}, money(price))),
  );
  find("#positions").replaceChildren(...rows);
  pay.hidden = state != "created" && state != "declined";
  pay.language = tab.language;
  capture.disabled = isBusy || state != "authorized";
  refund.disabled = isBusy || state != "captured" || hundredths(refundedAmount) > 0;
}

async function begin() {
  tab.clear();
  payment = undefined;
  show();
  const created = await tab.shop("POST", "qiwi-pay/orders");
  if (!created) return;
  tab.addCall("signed", created, "signed");
  if (created.status != 201) return;
  session = created.answer;
  sessionStorage.setItem(KEPT, JSON.stringify(session));
  await open();
}

/** Shows the order, and what has become of it while the customer was away. */
async function open() {
  pay.session = session;
  tab.follow(session.requestId);
  await read();
}

async function read() {
  const called = await tab.shop("GET", `qiwi-pay/orders/${session.requestId}`);
  payment = called?.status == 200 ? called.answer : undefined;
  show();
  return called;
}

/** @param {string} name */
async function step(name) {
  isBusy = true;
  show();
  const called = await tab.shop("POST", `qiwi-pay/orders/${session.requestId}/${name}`);
  if (called) tab.addCall(name, called, `${name}Asked`);
  isBusy = false;
  await read();
}

async function comeBack() {
  session = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!session) return begin();
  await open();
  // The sandbox forgets its orders when it is started again.
  if (!payment) return begin();
  if (payment.state != "created") tab.add("returned", "info", "returned");
}

capture.onclick = () => step("capture");
refund.onclick = () => step("refund");
again.onclick = begin;
pay.addEventListener("pantoken-error", ({ detail }) => tab.add("error", "bad", "failed", { code: detail.code }));
addEventListener("pageshow", ({ persisted }) => persisted && comeBack());
tab.onWebhook = read;
tab.onLanguage = show;
tab.setLanguage(tab.language);
comeBack();
