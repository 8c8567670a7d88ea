import { useEffect, useState } from "react";

/** How long the button shows the result, in ms. */
const FEEDBACK_MS = 2000;

export function CopyButton({ label, text }: { readonly label: string; readonly text: string }) {
  const [feedback, setFeedback] = useState<string>();
  useEffect(() => {
    if (feedback === undefined) return;
    const timer = window.setTimeout(() => setFeedback(undefined), FEEDBACK_MS);
    return () => window.clearTimeout(timer);
  }, [feedback]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setFeedback("Copied");
    } catch {
      // No clipboard on plain http, or the visitor refused it.
      setFeedback("Copying is not allowed here");
    }
  };
  return (
    <button type="button" className="button quiet" onClick={() => void copy()}>
      {feedback ?? label}
    </button>
  );
}
