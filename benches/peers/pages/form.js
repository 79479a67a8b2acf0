// The provider's side: ready in the way of whoever embeds it, which the path names.
import { WindowMessenger, connect } from "penpal";
import postRobot from "post-robot";

const ways = {
  plain: () => parent.postMessage("Ready", "*"),
  penpal: () => connect({ messenger: new WindowMessenger({ remoteWindow: parent, allowedOrigins: ["*"] }) }),
  "post-robot": () => postRobot.send(parent, "ready"),
};
ways[location.pathname.split("/")[1]]();
