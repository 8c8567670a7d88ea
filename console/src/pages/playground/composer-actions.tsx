import { useSearch } from "@tanstack/react-router";
import { type ChangeEvent, useRef, useState } from "react";
import { announce } from "../../components/announcer.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { saveFile } from "../../lib/save-file.ts";
import { IMAGE_TYPES } from "./conversation/images.ts";
import { MAX_LINK, shareLink } from "./conversation/share-link.ts";
import { MESSAGES } from "./messages.ts";
import { openConversations, usePlayground } from "./state/playground-store.ts";

interface ComposerActionsProps {
  /** Takes pictures; `undefined` where a chosen model reads none. */
  readonly onImages: ((files: Iterable<File>) => Promise<void>) | undefined;
}

/** What there is beside sending. */
export default function ComposerActions({ onImages }: ComposerActionsProps) {
  return (
    <>
      <ImageButton onFiles={onImages} />
      <ShareButton />
      <FileButtons />
    </>
  );
}

function ImageButton({ onFiles }: { readonly onFiles: ComposerActionsProps["onImages"] }) {
  const t = useTexts(MESSAGES);
  const input = useRef<HTMLInputElement>(null);
  const read = ({ target }: ChangeEvent<HTMLInputElement>) => {
    void onFiles?.([...(target.files ?? [])]).then(() => {
      // The same file may be chosen again.
      target.value = "";
    });
  };
  return (
    <>
      <button
        type="button"
        className={onFiles === undefined ? "button unseen" : "button"}
        onClick={() => input.current?.click()}
      >
        {t("addImage")}
      </button>
      {onFiles === undefined ? undefined : (
        <input
          ref={input}
          type="file"
          hidden
          multiple
          accept={IMAGE_TYPES.join(",")}
          data-kind="images"
          onChange={read}
        />
      )}
    </>
  );
}

function ShareButton() {
  const t = useTexts(MESSAGES);
  const { prompt, settings, panes } = usePlayground();
  const { project } = useSearch({ from: "/app" });
  // An empty name is the first model of whoever opens the link.
  const models = panes.map(({ store }) => store.getState().model);
  const last = panes[0]?.store.getState().turns.findLast((turn) => turn.results.length === 0)?.prompt ?? "";
  const link = shareLink({ models, settings, prompt: prompt || last }, location.origin, project);
  return link.length > MAX_LINK ? (
    <p className="hint">{t("linkTooLong")}</p>
  ) : (
    <CopyButton label={t("copyLink")} text={link} />
  );
}

/** Saves settings and conversations as a file, without a key, and opens one. */
function FileButtons() {
  const t = useTexts(MESSAGES);
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState("");
  const save = async () => {
    const { conversationsFile } = await import("./conversation/conversations-file.ts");
    const { settings, panes } = usePlayground.getState();
    const content = JSON.stringify(conversationsFile(settings, panes), undefined, 2);
    saveFile("conversations.json", new Blob([content], { type: "application/json" }));
  };
  const open = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const [file] = target.files ?? [];
    if (file === undefined) return;
    const { readConversations } = await import("./conversation/conversations-reader.ts");
    const read = await readConversations(file);
    // The same file may be chosen again.
    target.value = "";
    setProblem("problem" in read ? read.problem : "");
    if ("problem" in read) return;
    openConversations(read.value.settings, read.value.panes);
    announce(t("opened"));
  };
  return (
    <>
      <button type="button" className="button" onClick={() => void save()}>
        {t("save")}
      </button>
      <button type="button" className="button" onClick={() => input.current?.click()}>
        {t("open")}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept="application/json,.json"
        data-kind="file"
        onChange={(event) => void open(event)}
      />
      {problem === "" ? undefined : (
        <p className="hint bad" role="alert">
          {t("notOpened")}{" "}
          <span lang="en" translate="no">
            {problem}
          </span>
        </p>
      )}
    </>
  );
}
