import { useState } from "react";

/** Text that outlives a reload, but not the tab. Where storage is closed to the page it lives in memory only. */
export function useSessionText(name: string): readonly [string, (text: string) => void] {
  const [text, setText] = useState(() => read(name));
  return [
    text,
    (next) => {
      setText(next);
      write(name, next);
    },
  ];
}

function read(name: string): string {
  try {
    return sessionStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

function write(name: string, text: string): void {
  try {
    if (text === "") sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, text);
  } catch {
    // Storage is closed to this page: memory has the text.
  }
}
