// Counts the resources of a page: listeners of its window and document, timers that its own files have set,
// and the module's memory. Listeners of other nodes are removed with the node.

const listeners = [];
const timers = new Map();
let memory;

// The element asks for its module as soon as all scripts of the page have run.
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...source) => {
  const instance = await instantiate(...source);
  memory = instance.exports.memory;
  return instance;
};

/** Starts counting. */
window.watchResources = () => {
  watchListeners();
  watchTimers("setTimeout", "clearTimeout");
  watchTimers("setInterval", "clearInterval");
};

/** Returns the names of the events with listeners, the milliseconds of the timers, and the memory. */
window.held = () => ({
  listeners: listeners.map(({ type }) => type),
  timers: [...timers.values()],
  memory: memory?.buffer.byteLength ?? 0,
});

/** Inserts forms one after the other, and removes each at this stage: when its `frame` exists, when it is
 *  `ready`, or when it is `saved`. */
window.comeAndGo = async (times, attributes, stage) => {
  comeAndGo.done = false;
  for (let time = 0; time < times; time++) {
    const form = makeForm("form", attributes);
    const reached = stage === "frame" ? frameIn(form) : eventOf(form, `pantoken-${stage}`);
    document.body.append(form);
    await reached;
    form.remove();
    if (form.shadowRoot.querySelector("iframe")) throw new Error("the form left something in its element");
  }
  comeAndGo.done = true;
};

const frameIn = (form) =>
  new Promise((done) => {
    const observer = new MutationObserver(() => {
      if (!form.shadowRoot.querySelector("iframe")) return;
      observer.disconnect();
      done();
    });
    observer.observe(form.shadowRoot, { childList: true, subtree: true });
  });

const eventOf = (form, name) => new Promise((done) => form.addEventListener(name, done));

function watchListeners() {
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const place = (target, type, listener, options) => {
    const capture = options === true || !!options?.capture;
    const is = (other) =>
      other.target === target && other.type === type && other.listener === listener && other.capture === capture;
    return [listeners.findIndex(is), { target, type, listener, capture }];
  };
  EventTarget.prototype.addEventListener = function (...rest) {
    const target = this ?? globalThis;
    const [index, one] = place(target, ...rest);
    const isLasting = target === globalThis || target === document;
    if (isLasting && index < 0 && one.listener) listeners.push(one);
    addEventListener.apply(target, rest);
  };
  EventTarget.prototype.removeEventListener = function (...rest) {
    const target = this ?? globalThis;
    const [index] = place(target, ...rest);
    if (index >= 0) listeners.splice(index, 1);
    removeEventListener.apply(target, rest);
  };
}

function watchTimers(set, clear) {
  const { [set]: original, [clear]: originalClear } = globalThis;
  globalThis[set] = (then, milliseconds, ...rest) => {
    const run = (...all) => {
      if (set === "setTimeout") timers.delete(timer);
      then(...all);
    };
    const timer = original(run, milliseconds, ...rest);
    if (isOfThePage(new Error().stack)) timers.set(timer, Number(milliseconds ?? 0));
    return timer;
  };
  globalThis[clear] = (timer) => {
    timers.delete(timer);
    originalClear(timer);
  };
}

/** WebKit's driver sets its own timers on the page. Its scripts are not in a file of the page. */
const isOfThePage = (stack) =>
  stack.split("\n").some((call) => call.includes(location.origin) && !call.includes("/resources.js"));
