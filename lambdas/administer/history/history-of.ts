import { ControlError } from "../call/control-error.ts";
import type { HistorySource } from "../store/history-source.ts";

/** @throws {ControlError} where the environment stores no history */
export function historyOf({ history }: { readonly history: HistorySource | undefined }): HistorySource {
  if (history !== undefined) return history;
  throw new ControlError(
    "not_found",
    "This environment stores no history; set `history` in its file, see docs/history.md.",
    { rule: "no-history" },
  );
}
