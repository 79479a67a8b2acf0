import { nextForm } from "./request.js";

const [peer, way, forms] = location.hash.slice(1).split(",");
const { url, left } = nextForm(forms, way);
const place = document.getElementById("place");
const started = performance.now();
// The time includes what it takes to define the element.
const { mount } = await import(`./${peer}.js`);
const { ready } = mount(place, url);
await ready;
parent.postMessage({ cold: (await left) - started }, location.origin);
