import { lazy, Suspense, useState } from "react";
import { Problem } from "../../components/problem.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { MAX_IMAGES, readImages } from "./conversation/images.ts";
import { MESSAGES } from "./messages.ts";
import type { PlaygroundModel } from "./state/models.ts";
import { setImages, setPrompt, usePlayground } from "./state/playground-store.ts";
import { useSend } from "./state/use-send.ts";

const ComposerActions = lazy(() => import("./composer-actions.tsx"));
const ImageList = lazy(async () => ({ default: (await import("./responses/image-list.tsx")).ImageList }));

interface ComposerProps {
  readonly projectId: string;
  readonly models: readonly PlaygroundModel[];
  /** Whether there is a key and a model. */
  readonly isReady: boolean;
}

/** The prompt, which goes to all panes at once. */
export function Composer({ projectId, models, isReady }: ComposerProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const { prompt, settings, images } = usePlayground();
  const { isSending, error, sendPrompt, stop } = useSend(projectId, models[0]?.id ?? "");
  const { blind, addImages, left } = useImages(models);
  const count = prompt.length + settings.system.length;
  const isTooLong = count > settings.promptLimit;
  const isEmpty = prompt.trim() === "" && images.length === 0;
  const isBlind = images.length > 0 && blind.length > 0;
  const isSendable = isReady && !isEmpty && !isTooLong && !isBlind && !isSending;
  const lengths = { count: format.number(count), limit: format.number(settings.promptLimit) };
  const submit = () => {
    if (isSendable) void sendPrompt();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {error === undefined ? undefined : <Problem error={error} />}
      <label htmlFor="prompt">{t("prompt")}</label>
      <textarea
        id="prompt"
        rows={3}
        value={prompt}
        aria-invalid={isTooLong}
        aria-describedby="prompt-hint"
        onChange={({ target }) => setPrompt(target.value)}
        onPaste={({ clipboardData }) => {
          if (blind.length === 0 && clipboardData.files.length > 0) void addImages(clipboardData.files);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          submit();
        }}
      />
      {images.length === 0 ? undefined : (
        <Suspense fallback={null}>
          <ImageList images={images} onRemove={(index) => setImages(images.filter((_, at) => at !== index))} />
        </Suspense>
      )}
      {isBlind ? <p className="hint bad">{t("blind", { models: format.list(blind) })}</p> : undefined}
      {left > 0 ? (
        <p className="hint bad">{t("imagesLeft", { count: left, most: format.number(MAX_IMAGES) })}</p>
      ) : undefined}
      <div className="composer-foot">
        <p id="prompt-hint" className={isTooLong ? "hint bad" : "hint"}>
          {isTooLong ? t("tooLong", lengths) : `${t("promptHint")} ${t("characters", lengths)}`}
        </p>
        <div className="actions">
          <Suspense fallback={<ActionsRoom />}>
            <ComposerActions onImages={blind.length === 0 && models.length > 0 ? addImages : undefined} />
          </Suspense>
          {isSending ? (
            <button type="button" className="button" onClick={stop}>
              {t("stop")}
            </button>
          ) : undefined}
          <button type="submit" className="button primary" aria-disabled={!isSendable}>
            {t("send")}
          </button>
        </div>
      </div>
    </form>
  );
}

/** The room of the buttons that come later, whatever the width and language: Send stays where it is. */
function ActionsRoom() {
  const t = useTexts(MESSAGES);
  return (["addImage", "copyLink", "save", "open"] as const).map((name) => (
    <button key={name} type="button" className="button unseen">
      {t(name)}
    </button>
  ));
}

/** Pictures of the prompt, and the chosen models that read none. */
function useImages(models: readonly PlaygroundModel[]) {
  const { panes } = usePlayground();
  const [left, setLeft] = useState(0);
  const chosen = panes.map(({ store }) => store.getState().model || (models[0]?.id ?? ""));
  const blind = [...new Set(chosen)].filter((id) => !models.some((model) => model.id === id && model.seesImages));
  const addImages = async (files: Iterable<File>) => {
    const before = usePlayground.getState().images;
    const read = await readImages(files, MAX_IMAGES - before.length);
    setImages([...before, ...read.images]);
    setLeft(read.left);
  };
  return { blind, addImages, left };
}
