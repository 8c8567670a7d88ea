import { useEffect, useState } from "react";

/** How long the result of copying is shown, in ms. */
const FEEDBACK_MS = 2000;

/** Copies a text to the clipboard, and says for two seconds how it went. */
export function useCopy(text: string): {
  readonly result: "copied" | "refused" | undefined;
  readonly copy: () => void;
} {
  const [result, setResult] = useState<"copied" | "refused">();
  useEffect(() => {
    if (result === undefined) return;
    const timer = window.setTimeout(() => setResult(undefined), FEEDBACK_MS);
    return () => window.clearTimeout(timer);
  }, [result]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setResult("copied");
    } catch {
      // No clipboard on plain http, or the visitor refused it.
      setResult("refused");
    }
  };
  return { result, copy: () => void copy() };
}
