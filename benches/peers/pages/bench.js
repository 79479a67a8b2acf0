// Runs all browser benchmarks. The peers take turns in each round, so that other load on the machine affects
// all of them.
import * as handWritten from "./hand-written.js";
import * as pantoken from "./pantoken.js";
import * as penpal from "./penpal.js";
import * as postRobot from "./post-robot.js";
import { nextForm } from "./request.js";

const PEERS = { pantoken, "hand-written": handWritten, penpal, "post-robot": postRobot };
const parameters = new URLSearchParams(location.search);
const forms = parameters.get("forms");
const rounds = Number(parameters.get("rounds"));
const messages = Number(parameters.get("messages"));
const place = document.getElementById("place");

const report = (what) => fetch("/report", { method: "POST", body: JSON.stringify(what) });

const message = (matches) =>
  new Promise((resolve) => {
    const listener = (event) => {
      if (!matches(event)) return;
      removeEventListener("message", listener);
      resolve(event.data);
    };
    addEventListener("message", listener);
  });

function median(times) {
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)];
}

/** The median of what `measure` gives for each of the peers. */
async function inTurns(name, peers, measure) {
  const times = Object.fromEntries(peers.map((peer) => [peer, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const peer of peers) times[peer].push(await measure(peer, round));
    if (round % 10 == 0) await report({ progress: `${name}: round ${round} of ${rounds}` });
  }
  return times;
}

async function warm(peer) {
  const { url, left } = nextForm(forms, PEERS[peer].way);
  const started = performance.now();
  const form = PEERS[peer].mount(place, url);
  await form.ready;
  const time = (await left) - started;
  form.remove();
  return time;
}

/** The folder's name is new each time, so that neither a file nor what was compiled is there. */
async function cold(peer, round) {
  const page = document.createElement("iframe");
  page.src = `/cold-${peer}-${round}/cold.html#${peer},${PEERS[peer].way},${forms}`;
  const done = message(({ source, data }) => source == page.contentWindow && data.cold > 0);
  place.append(page);
  const { cold } = await done;
  page.remove();
  return cold;
}

/** Between a listener before those of the form and one after them: what the form took. */
async function foreignMessages(foreign, peer) {
  const isForeign = ({ source }) => source == foreign.contentWindow;
  let began = 0;
  let spent = 0;
  let longest = 0;
  const before = (event) => {
    if (isForeign(event)) began = performance.now();
  };
  addEventListener("message", before);
  const form = PEERS[peer]?.mount(place, nextForm(forms, PEERS[peer].way).url);
  await form?.ready;
  const last = new Promise((resolve) => {
    let left = messages;
    const after = (event) => {
      if (!isForeign(event)) return;
      const took = performance.now() - began;
      spent += took;
      if (took > longest) longest = took;
      if (--left > 0) return;
      removeEventListener("message", before);
      removeEventListener("message", after);
      resolve();
    };
    addEventListener("message", after);
  });
  foreign.contentWindow.postMessage(messages, "*");
  await last;
  form?.remove();
  return { spent, longest };
}

async function run() {
  if (!crossOriginIsolated) throw new Error("the page's clock is coarse: it is not isolated");
  const peers = Object.keys(PEERS);
  // The first run of each peer compiles the code for the others.
  for (const peer of peers) await warm(peer);
  const medians = (times) => Object.fromEntries(Object.entries(times).map(([peer, all]) => [peer, median(all)]));
  const warmTimes = medians(await inTurns("warm", peers, warm));
  const coldTimes = medians(await inTurns("cold", peers, cold));

  const foreign = document.createElement("iframe");
  foreign.src = `${forms}/0/foreign.html`;
  const there = message(({ source }) => source && source == foreign.contentWindow);
  document.body.append(foreign);
  await there;
  // post-robot listens as soon as it is loaded, before this page does, so it cannot be measured separately.
  const measured = peers.filter((peer) => peer != "post-robot");
  const both = await inTurns("foreign messages", ["nothing", ...measured], (peer) => foreignMessages(foreign, peer));
  const of = (name) => medians(Object.fromEntries(Object.entries(both).map(([peer, all]) => [peer, all.map((one) => one[name])])));
  await report({ result: { warm: warmTimes, cold: coldTimes, spent: of("spent"), longest: of("longest") } });
}

await run();
