// The frame, the handshake and the result, and nothing more.
export const way = "plain";

export function mount(place, url, onSaved) {
  const { origin } = new URL(url);
  const frame = document.createElement("iframe");
  let listener;
  const ready = new Promise((resolve) => {
    listener = ({ source, origin: from, data }) => {
      if (source !== frame.contentWindow || from !== origin) return;
      if (data === "Ready") {
        source.postMessage("ready", origin);
        resolve();
      } else if (data?.panToken) onSaved?.(data.panToken);
    };
  });
  addEventListener("message", listener);
  frame.src = url;
  place.append(frame);
  const remove = () => {
    removeEventListener("message", listener);
    frame.remove();
  };
  return { ready, remove };
}
