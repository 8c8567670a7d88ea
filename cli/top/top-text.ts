import { dollars } from "../control/limit-text.ts";
import { textTable } from "../terminal/text-table.ts";
import type { NearLimit } from "./near-limits.ts";
import type { TopView } from "./top-command.ts";

/** Rows that a terminal of 24 lines has room for. */
const MOST_ROWS = 12;
const MOST_NEAR = 5;

/** A second as text. @param problem why costs and limits could not be read */
export function topText(view: TopView, problem: string | undefined): string {
  const cost = view.nanoUsdPerHour === null ? "-" : dollars(view.nanoUsdPerHour);
  const reach = view.isComplete ? "" : " (not all)";
  const head = [
    `${view.at.slice(11, 19)} UTC`,
    `gateways ${view.gateways}${reach}`,
    `requests ${view.requests}`,
    `tokens/s ${view.tokensPerSecond.toFixed(1)}`,
    `dollars/h ${cost}`,
  ].join("   ");
  const rows = view.rows.slice(0, MOST_ROWS);
  const others = view.rows.length - rows.length;
  return [
    head,
    "",
    textTable([
      ["PROJECT", "KEY", "MODEL", "REQUESTS", "TOKENS/S", "OLDEST"],
      ...rows.map(({ projectId, keyId, model, requests, tokensPerSecond, oldestSeconds }) => [
        projectId ?? "-",
        keyId === null ? "-" : `key_${keyId}`,
        model ?? "-",
        String(requests),
        tokensPerSecond.toFixed(1),
        `${oldestSeconds.toFixed(1)} s`,
      ]),
    ]),
    ...(others > 0 ? [`and ${others} more`] : []),
    ...nearText(view.near),
    ...(problem === undefined ? [] : ["", `Costs and limits can't be read: ${problem}`]),
  ].join("\n");
}

function nearText(near: readonly NearLimit[] | null): readonly string[] {
  if (near === null) return ["", "Set SLUICE_ADMIN_KEY to see the cost, and who is near a limit."];
  if (near.length === 0) return ["", "Nobody is near a limit."];
  return [
    "",
    textTable([
      ["NEAR A LIMIT", "LIMIT", "USED", "MAX", "PERCENT", "RESETS"],
      ...near
        .slice(0, MOST_NEAR)
        .map(({ subjectId, limit, used, max, resetsAt }) => [
          subjectId,
          limit,
          limit.startsWith("budget") ? dollars(used) : String(used),
          limit.startsWith("budget") ? dollars(max) : String(max),
          max === 0 ? "100" : String(Math.floor((100 * used) / max)),
          resetsAt ?? "",
        ]),
    ]),
    ...(near.length > MOST_NEAR ? [`and ${near.length - MOST_NEAR} more`] : []),
  ];
}
