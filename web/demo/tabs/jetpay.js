// The kiosk beside the account that it fills, and a payout from that account.

import { TEXTS } from "./jetpay-texts.js";
import { Tab, find } from "./tab.js";

const tab = new Tab(TEXTS);
const kiosk = find("#kiosk");
const payOut = find("#pay-out");
let account;

/** @param {number} tiyn */
function money(tiyn) {
  // Browsers without Kazakh would write numbers as in English.
  const amount = (tiyn / 100).toLocaleString(tab.language == "en" ? "en-GB" : "ru-RU");
  return `${amount}\u00a0₸`;
}

function showAccount() {
  if (!account) return;
  const balance = money(account.balance);
  // Unchanged, it would be announced again.
  if (find("#balance").textContent != balance) find("#balance").textContent = balance;
  find("#customer").textContent = account.customer;
  payOut.textContent = `${tab.text("payOut")} ${money(account.payout)}`;
}

async function readAccount() {
  const answer = await tab.shop("GET", "jetpay/account");
  if (!answer) return;
  account = answer;
  showAccount();
}

async function begin() {
  await readAccount();
  if (!account) return;
  await tab.skipWebhooks(account.customer);
  tab.onLanguage();
}

payOut.onclick = async () => {
  payOut.disabled = true;
  const wallet = find("[name=account]:checked").value;
  const called = await tab.shop("POST", "jetpay/payouts", { account: wallet });
  if (called) {
    tab.addCall("payout", called, "payoutAsked");
    if (called.answer?.paymentId) tab.follow(called.answer.paymentId);
    await readAccount();
  }
  payOut.disabled = false;
};

tab.onWebhook = readAccount;
tab.onLanguage = () => {
  kiosk.title = tab.text("kioskTitle");
  showAccount();
  const url = account && `${account.kioskUrl}/?lang=${tab.language}`;
  if (url && kiosk.src != url) kiosk.src = url;
  kiosk.hidden = !url;
};
tab.setLanguage(tab.language);
begin();
