import { useEffect, useRef, useState } from "react";
import { ApiError, type ApiErrorKind } from "../../api/api-error.ts";
import { announce } from "../../components/announcer.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { DialogActions } from "../../components/dialog-actions.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { saveFile } from "../../lib/save-file.ts";
import type { ChatFilter } from "./chats-api.ts";
import { blobOf, type ExportFile, emptyExport, FORMATS, type Format, withNextPage } from "./export-file.ts";
import { MESSAGES } from "./messages.ts";

interface ExportDialogProps {
  readonly filter: ChatFilter;
  readonly onClose: () => void;
}

/** Reads the filtered history page by page into a file. What fails goes on from the page that failed. */
export function ExportDialog({ filter, onClose }: ExportDialogProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const [kind, setKind] = useState<Format>("csv");
  const [file, setFile] = useState<ExportFile>();
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const isRunning = file !== undefined && !file.isDone && error === undefined;
  const run = async (from: ExportFile) => {
    const controller = new AbortController();
    running.current = controller;
    setError(undefined);
    setFile(from);
    try {
      let now = from;
      while (!now.isDone) {
        now = await withNextPage(now, filter, controller.signal);
        if (controller.signal.aborted) return;
        setFile(now);
      }
      saveFile(`history.${now.format}`, await blobOf(now));
      announce(t("exported"));
      onClose();
    } catch (failure) {
      if (!controller.signal.aborted) setError(failure);
    }
  };
  const isClosed = kindOf(error) === "forbidden" && filter.project !== undefined;
  return (
    <Dialog title={t("exportTitle")} onClose={onClose}>
      <p>{t("exportLead")}</p>
      <label htmlFor="export-format">{t("format")}</label>
      <select
        id="export-format"
        translate="no"
        value={kind}
        disabled={file !== undefined}
        onChange={({ target }) => setKind(FORMATS.find((each) => each === target.value) ?? "csv")}
      >
        {FORMATS.map((each) => (
          <option key={each} value={each}>
            {NAMES[each]}
          </option>
        ))}
      </select>
      <p role="status">
        {file === undefined
          ? ""
          : t("exportedSoFar", {
              pages: file.parts.length,
              size: format.number(file.bytes / 1e6, { maximumFractionDigits: 1 }),
            })}
      </p>
      {isClosed ? <p>{t("exportClosed")}</p> : undefined}
      <DialogActions
        action={file === undefined || isRunning ? t("export") : t("goOn")}
        isPending={isRunning}
        error={error}
        onConfirm={() => void run(file ?? emptyExport(kind))}
        onCancel={onClose}
      />
    </Dialog>
  );
}

const NAMES = { csv: "CSV", json: "JSON", jsonl: "JSON Lines" } as const;

function kindOf(error: unknown): ApiErrorKind | undefined {
  return error instanceof ApiError ? error.kind : undefined;
}
