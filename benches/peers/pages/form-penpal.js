import { WindowMessenger, connect } from "penpal";

connect({ messenger: new WindowMessenger({ remoteWindow: parent, allowedOrigins: ["*"] }) });
