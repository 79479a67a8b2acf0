"use client";

import { useState } from "react";
import { PantokenForm } from "pantoken/react";

export default function Page() {
  const [outcome, setOutcome] = useState("");

  /** The page gets no token: it asks its own back end what became of the card. */
  async function showSaved({ requestId }) {
    const answer = await fetch(`/card?requestId=${requestId}`);
    setOutcome((await answer.json()).state);
  }

  return (
    <main>
      <PantokenForm sessionUrl="/session" language="en" onSaved={showSaved} onError={({ code }) => setOutcome(code)} />
      <output>{outcome}</output>
    </main>
  );
}
