import "pantoken";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

function Card() {
  const [result, setResult] = useState("");
  return (
    <>
      <pantoken-form
        session-url="/v1/sessions"
        language="ru"
        onpantoken-saved={(event) => setResult(event.detail.requestId)}
        onpantoken-error={(event) => setResult(event.detail.code)}
      />
      <output>{result}</output>
    </>
  );
}

createRoot(document.getElementById("app")).render(<StrictMode><Card /></StrictMode>);
