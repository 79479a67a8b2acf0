parent.postMessage("Ready", "*");
