import { DateTime } from "../../components/date-time.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";
import { differenceOf } from "./route-override.ts";
import type { OverrideConflict } from "./use-override.ts";

interface ConflictNoticeProps {
  readonly conflict: OverrideConflict;
  readonly isPending: boolean;
  /** Makes the change on top of the other one. */
  readonly onRepeat: () => void;
  readonly onDismiss: () => void;
}

/** Says that another operator was first, and what was changed. */
export function ConflictNotice({ conflict, isPending, onRepeat, onDismiss }: ConflictNoticeProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const { change, seen, now } = conflict;
  const { force, drained, released } = differenceOf(seen.settings, now.settings);
  const names = (targets: readonly string[]) => format.list(targets);
  return (
    <div className="problem" role="alert">
      <p>{t("conflict", { route: change.route })}</p>
      <ul>
        {typeof force === "string" ? <li>{t("conflictForced", { target: force })}</li> : undefined}
        {force === null ? <li>{t("conflictNotForced")}</li> : undefined}
        {drained.length === 0 ? undefined : <li>{t("conflictDrained", { targets: names(drained) })}</li>}
        {released.length === 0 ? undefined : <li>{t("conflictReleased", { targets: names(released) })}</li>}
      </ul>
      {now.updatedAt === null ? undefined : (
        <p className="quiet">
          {t("conflictBy")} <code translate="no">{now.updatedBy}</code>,{" "}
          <DateTime seconds={Date.parse(now.updatedAt) / 1000} />
        </p>
      )}
      <div className="row-actions">
        <button
          type="button"
          className="button"
          aria-disabled={isPending}
          onClick={() => {
            if (!isPending) onRepeat();
          }}
        >
          {t(`repeat_${change.kind}`, { target: change.target })}
        </button>
        <button type="button" className="button quiet" onClick={onDismiss}>
          {t("leave")}
        </button>
      </div>
    </div>
  );
}
