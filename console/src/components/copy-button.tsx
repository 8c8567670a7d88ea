import { useCopy } from "../../../ui/hooks/use-copy.ts";
import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";

const MESSAGES = defineMessages(
  { copied: "Copied", refused: "Copying is not allowed here" },
  { copied: "Kopiert", refused: "Kopieren ist hier nicht erlaubt" },
);

export function CopyButton({ label, text }: { readonly label: string; readonly text: string }) {
  const t = useTexts(MESSAGES);
  const { result, copy } = useCopy(text);
  return (
    <button type="button" className="button" onClick={copy}>
      {result === undefined ? label : t(result)}
    </button>
  );
}
