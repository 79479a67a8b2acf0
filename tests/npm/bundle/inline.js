import "pantoken/inline";
import "./shown.js";
