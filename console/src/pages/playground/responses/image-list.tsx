import { useTexts } from "../../../i18n/translate.ts";
import type { PromptImage } from "../conversation/chat-messages.ts";
import { MESSAGES } from "./messages.ts";

interface ImageListProps {
  readonly images: readonly PromptImage[];
  /** @default - pictures that were sent, which stay */
  readonly onRemove?: (index: number) => void;
}

/** Pictures of a prompt, small. */
export function ImageList({ images, onRemove }: ImageListProps) {
  const t = useTexts(MESSAGES);
  if (images.length === 0) return undefined;
  return (
    <ul className="prompt-images">
      {images.map(({ name, url }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same picture may be there twice
        <li key={`${index} ${name}`}>
          <img src={url} alt={name} translate="no" width={96} height={96} />
          {onRemove === undefined ? undefined : (
            <button
              type="button"
              className="button quiet"
              aria-label={t("removeImage", { name })}
              onClick={() => onRemove(index)}
            >
              <span aria-hidden="true" translate="no">
                ×
              </span>
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
