import { CLIENT_NAMES, type ClientName, TARGET_KINDS } from "../matrix.ts";
import { CHAT_ROWS } from "./chat-rows.ts";
import { COMPLETIONS_ROWS } from "./completions-rows.ts";
import type { Cell, ResponseRows } from "./features.ts";
import { MESSAGES_ROWS } from "./messages-rows.ts";
import { RESPONSES_ROWS } from "./responses-rows.ts";

export const RESPONSE_MATRIX: Readonly<Record<ClientName, ResponseRows>> = {
  chat: CHAT_ROWS,
  completions: COMPLETIONS_ROWS,
  responses: RESPONSES_ROWS,
  messages: MESSAGES_ROWS,
};

/** The matrix as the tables of `docs/dialects.md`. */
export function responseMatrixText(): string {
  return CLIENT_NAMES.map((client) => {
    const rows = Object.entries(RESPONSE_MATRIX[client]).map(
      ([feature, row]) => `| ${feature} | ${row.map(cellText).join(" | ")} |`,
    );
    const head = [`| ${client} | ${TARGET_KINDS.join(" | ")} |`, `|---|${"---|".repeat(TARGET_KINDS.length)}`];
    return [...head, ...rows].join("\n");
  }).join("\n\n");
}

function cellText(cell: Cell): string {
  const words = typeof cell === "string" ? [cell] : cell;
  return words.map((word) => (word === "none" ? "–" : word.includes("_") ? `\`${word}\`` : word)).join(" / ");
}
