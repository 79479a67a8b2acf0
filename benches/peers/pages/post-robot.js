import postRobot from "post-robot";

export const way = "post-robot";

export function mount(place, url, onSaved) {
  const frame = document.createElement("iframe");
  frame.src = url;
  place.append(frame);
  const options = { window: frame.contentWindow, domain: new URL(url).origin };
  let listeners;
  const ready = new Promise((resolve) => {
    listeners = [
      postRobot.on("ready", options, () => resolve()),
      postRobot.on("saved", options, ({ data }) => onSaved?.(data.panToken)),
    ];
  });
  const remove = () => {
    for (const listener of listeners) listener.cancel();
    frame.remove();
  };
  return { ready, remove };
}
