// What a page holds: listeners of its window and document, the forms' timers, and the module's
// memory. A listener of any other node goes with that node.

/** By it a form's timer is known: WebKit's driver sets timers of its own in the page. */
const READY_TIMEOUT = 1234567;

const held = { listeners: 0, timers: 0, memory: 0 };
let memory;

/** Counts from now on; the element's module must not be there yet. */
window.watchResources = () => {
  watchListeners();
  watchTimers();
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...source) => {
    const module = await instantiate(...source);
    memory = module.instance.exports.memory;
    return module;
  };
};

window.held = () => ({ ...held, memory: memory.buffer.byteLength });

/** Inserts forms one after the other, and removes each when its frame is there. */
window.comeAndGo = async (times, attributes) => {
  comeAndGo.done = false;
  for (let time = 0; time < times; time++) {
    const form = makeForm("form", { ...attributes, "ready-timeout": READY_TIMEOUT });
    document.body.append(form);
    while (!form.querySelector("iframe")) await inserted(form);
    form.remove();
    if (form.childElementCount) throw new Error("the form left something in its element");
  }
  comeAndGo.done = true;
};

const inserted = (form) =>
  new Promise((done) => {
    const observer = new MutationObserver(() => {
      observer.disconnect();
      done();
    });
    observer.observe(form, { childList: true, subtree: true });
  });

function watchListeners() {
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const isLasting = (target = globalThis) => target === globalThis || target === document;
  EventTarget.prototype.addEventListener = function (...rest) {
    if (isLasting(this)) held.listeners++;
    addEventListener.apply(this, rest);
  };
  EventTarget.prototype.removeEventListener = function (...rest) {
    if (isLasting(this)) held.listeners--;
    removeEventListener.apply(this, rest);
  };
}

function watchTimers() {
  const { setTimeout, clearTimeout } = globalThis;
  const running = new Set();
  globalThis.setTimeout = (then, milliseconds, ...rest) => {
    const timer = setTimeout(then, milliseconds, ...rest);
    if (milliseconds == READY_TIMEOUT) running.add(timer);
    held.timers = running.size;
    return timer;
  };
  globalThis.clearTimeout = (timer) => {
    running.delete(timer);
    held.timers = running.size;
    clearTimeout(timer);
  };
}
