// Verifies a card in the provider's form, charges its token, gives the money back and deletes the token.

import { TEXTS } from "./payin-texts.js";
import { Tab, find } from "./tab.js";

const tab = new Tab(TEXTS);
const form = find("#form");
const [charge, refund, remove, again] = ["#charge", "#refund", "#delete", "#again"].map(find);
/** The key of the state's text. */
let state = "";
let token;
let paymentId;

/** @param {string} key */
function showState(key) {
  state = key;
  find("#state").textContent = key && tab.text(key);
  charge.disabled = key != "verified";
  refund.disabled = key != "captured";
  remove.disabled = ["charging", "refunding", "deleting", "deleted"].includes(key);
}

async function begin() {
  tab.clear();
  token = paymentId = undefined;
  form.session = null;
  find("#verified").hidden = again.hidden = true;
  form.hidden = false;
  showState("");
  const created = await tab.shop("POST", "payin/verifications", { language: tab.language });
  again.hidden = created?.status == 201;
  if (created) tab.addCall("created", created, "created");
  if (created?.status != 201) return;
  tab.follow(created.answer.verificationId);
  form.language = tab.language;
  form.className = "open";
  form.session = created.answer;
}

/** @param {string} verificationId */
async function showToken(verificationId) {
  const called = await tab.shop("GET", `payin/verifications/${verificationId}`);
  again.hidden = false;
  if (!called) return;
  tab.addCall("verification", called, "verification");
  token = called.answer.token;
  find("#token-name").textContent = token.name;
  find("#token-id").textContent = token.tokenId;
  tab.follow(token.tokenId);
  find("#verified").hidden = false;
  form.hidden = true;
  showState("verified");
}

/**
 * Makes a call of the shop's, and returns its answer if it was accepted.
 * @param {string} busy The state meanwhile. @param {string} key The key of the step's text.
 */
async function call(busy, key, method, path, body) {
  const before = state;
  showState(busy);
  const called = await tab.shop(method, path, body);
  if (called) tab.addCall(key, called, key);
  if (called?.status < 300) return called.answer ?? {};
  showState(before);
}

/** Shows what became of a payment or refund, which the answer tells or a webhook. */
function settle(of, outcome) {
  const next = {
    "payment captured": ["charging", "captured"],
    "payment declined": ["charging", "verified"],
    "refund completed": ["refunding", "refunded"],
    "refund declined": ["refunding", "captured"],
  }[`${of} ${outcome}`];
  if (next?.[0] == state) showState(next[1]);
}

charge.onclick = async () => {
  const payment = await call("charging", "charged", "POST", "payin/payments", { tokenId: token.tokenId });
  if (!payment) return;
  paymentId = payment.paymentId;
  tab.follow(paymentId);
  settle("payment", payment.state);
};

refund.onclick = async () => {
  const made = await call("refunding", "refundMade", "POST", `payin/payments/${paymentId}/refund`);
  if (made) settle("refund", made.state);
};

remove.onclick = async () => {
  const deleted = await call("deleting", "tokenDeleted", "DELETE", `payin/tokens/${token.tokenId}`);
  if (deleted) showState("deleted");
};

tab.onWebhook = ({ type }) => settle(...type.split(".").slice(1));
tab.onLanguage = () => {
  // The form's language is in its address. A card that is verified needs no form any more.
  if (token) showState(state);
  else begin();
};

form.addEventListener("pantoken-ready", () => tab.add("ready", "info", "ready"));
form.addEventListener("pantoken-saved", ({ detail }) => {
  tab.add("saved", "good", "saved");
  showToken(detail.requestId);
});
form.addEventListener("pantoken-error", ({ detail }) => {
  tab.add("error", "bad", detail.code == "CARD_REFUSED" ? "refused" : "failed", { code: detail.code });
  form.className = "";
  again.hidden = false;
});
again.onclick = begin;
tab.setLanguage(tab.language);
