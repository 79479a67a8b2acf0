import { PantokenForm } from "pantoken/react";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

function Card() {
  const [result, setResult] = useState("");
  return (
    <>
      <PantokenForm
        sessionUrl="/v1/sessions"
        language="ru"
        onSaved={({ requestId }) => setResult(requestId)}
        onError={({ code }) => setResult(code)}
      />
      <output>{result}</output>
    </>
  );
}

createRoot(document.getElementById("app")).render(<StrictMode><Card /></StrictMode>);
