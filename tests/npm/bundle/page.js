import "pantoken";
import "./shown.js";
