import { WindowMessenger, connect } from "penpal";

export const way = "penpal";

export function mount(place, url, onSaved) {
  const frame = document.createElement("iframe");
  frame.src = url;
  place.append(frame);
  const messenger = new WindowMessenger({
    remoteWindow: frame.contentWindow,
    allowedOrigins: [new URL(url).origin],
  });
  const connection = connect({ messenger, methods: { saved: (panToken) => onSaved?.(panToken) } });
  const remove = () => {
    connection.destroy();
    frame.remove();
  };
  return { ready: connection.promise, remove };
}
