import { useCopy } from "../../../ui/hooks/use-copy.ts";

const FEEDBACK = { copied: "Copied", refused: "Copying is not allowed here" } as const;

export function CopyButton({ label, text }: { readonly label: string; readonly text: string }) {
  const { result, copy } = useCopy(text);
  return (
    <button type="button" className="button quiet" onClick={copy}>
      {result === undefined ? label : FEEDBACK[result]}
    </button>
  );
}
