import postRobot from "post-robot";

postRobot.send(parent, "ready");
