// A frame of somebody else's on the same page, as an advertisement or a chat is.
addEventListener("message", ({ data: count }) => {
  for (let n = 1; n <= count; n++) parent.postMessage(`{"event":"resize","height":${n}}`, "*");
});
parent.postMessage("foreign frame", "*");
