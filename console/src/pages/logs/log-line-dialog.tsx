import type { LogLine } from "../../../../contracts/live/log-lines.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";

interface LogLineDialogProps {
  readonly line: LogLine;
  readonly onClose: () => void;
}

/** A line with all of its fields. */
export function LogLineDialog({ line, onClose }: LogLineDialogProps) {
  const t = useTexts(MESSAGES);
  const { at, level, message, gateway, fields } = line;
  return (
    <Dialog title={t("line")} onClose={onClose}>
      <dl>
        <dt>{t("time")}</dt>
        <dd>
          <DateTime seconds={Date.parse(at) / 1000} isPrecise />
        </dd>
        <dt>{t("level")}</dt>
        <dd translate="no">{level}</dd>
        <dt>{t("message")}</dt>
        <dd translate="no">{message}</dd>
        <dt>{t("gateway")}</dt>
        <dd translate="no">{gateway}</dd>
      </dl>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <pre className="code" translate="no" tabIndex={0}>
        {JSON.stringify(fields, undefined, 2)}
      </pre>
      <div className="actions">
        <CopyButton label={t("copy")} text={JSON.stringify(line)} />
        <button type="button" className="button primary" onClick={onClose}>
          {t("close")}
        </button>
      </div>
    </Dialog>
  );
}
