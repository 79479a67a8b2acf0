// A third party's frame on the same page, such as an advertisement or a chat.
addEventListener("message", ({ data: count }) => {
  for (let n = 1; n <= count; n++) parent.postMessage(`{"event":"resize","height":${n}}`, "*");
});
parent.postMessage("foreign frame", "*");
