import { Command } from "commander";
import { decimalUsd } from "../../domain/usage/charge-line.ts";
import { type Statement, statementsOf, sumOf } from "../../domain/usage/statements.ts";
import { csvText } from "../../lib/csv.ts";
import {
  type ControlOptions,
  type ControlTools,
  controlClient,
  withControlOptions,
} from "../control/control-endpoint.ts";
import { dollars } from "../control/limit-text.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import { chargeLines, monthSpan } from "./charge-lines.ts";

interface StatementsOptions extends ControlOptions {
  readonly month?: string;
  readonly project?: string;
  readonly csv?: boolean;
}

/** `sluice statements`: what each project and the organisation are charged for a calendar month. */
export function statementsCommand(tools: ControlTools): Command {
  return withControlOptions(new Command("statements"))
    .description("print the monthly statements of the organisation's projects")
    .option("--month <month>", "a calendar month by UTC, such as 2026-11 (default: the last one that is over)")
    .option("--project <id>", "the statement of one project alone")
    .option("--csv", "print CSV")
    .action((options: StatementsOptions) => statements(options, tools));
}

async function statements(options: StatementsOptions, tools: ControlTools): Promise<void> {
  const { month = lastMonth(tools.now()), project } = options;
  if (options.csv === true && options.json === true)
    throw new UserError("--csv and --json exclude each other; omit one.");
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) throw new UserError(`--month must be such as 2026-11, got ${month}.`);
  const span = monthSpan(month);
  const now = tools.now() / 1000;
  if (span.start > now) throw new UserError(`--month must have begun, got ${month}.`);
  // The control API takes no time that is to come.
  const all = statementsOf(
    await chargeLines(controlClient(options, tools), { ...span, end: Math.min(span.end, Math.floor(now) + 1) }),
  );
  const chosen = project === undefined ? all : all.filter(({ projectId }) => projectId === project);
  const isFinal = now >= span.end + FINAL_AFTER_SECONDS;
  if (options.json === true) return tools.print(JSON.stringify(jsonOf(month, isFinal, chosen), null, 2));
  if (options.csv === true) return tools.print(csvOf(month, chosen).replace(/\r\n$/, ""));
  if (chosen.length === 0) return tools.print(`Nothing was charged in ${month}.`);
  tools.print(
    textTable([
      ["PROJECT", "MODEL", "ITEM", "TOKENS", "USD"],
      ...chosen.flatMap(({ projectId, items, nanoUsd }) => [
        ...items.map(({ model, item, tokens, nanoUsd: usd }) => [
          projectId ?? "-",
          model,
          item,
          String(tokens),
          dollars(usd),
        ]),
        [projectId ?? "-", "total", "", "", dollars(nanoUsd)],
      ]),
      ["total", "", "", "", dollars(sumOf(chosen))],
    ]),
  );
  if (!isFinal) tools.print(`The month ${month} is not final: its last files of usage may still be counted.`);
}

/** Files of usage that a gateway could not ship are tried again for this long before someone must look at the alarm. */
const FINAL_AFTER_SECONDS = 86_400;

function jsonOf(month: string, isFinal: boolean, all: readonly Statement[]) {
  return {
    month,
    is_final: isFinal,
    currency: "usd",
    nano_usd: sumOf(all),
    usd: decimalUsd(sumOf(all)),
    statements: all.map(({ projectId, items, nanoUsd }) => ({
      project_id: projectId ?? null,
      nano_usd: nanoUsd,
      usd: decimalUsd(nanoUsd),
      items: items.map(({ model, item, tokens, nanoUsd: amount }) => ({
        model,
        item,
        tokens,
        nano_usd: amount,
        usd: decimalUsd(amount),
      })),
    })),
  };
}

function csvOf(month: string, all: readonly Statement[]): string {
  return csvText([
    ["month", "project_id", "model", "item", "tokens", "nano_usd", "usd"],
    ...all.flatMap(({ projectId, items }) =>
      items.map(({ model, item, tokens, nanoUsd }) => [
        month,
        projectId ?? null,
        model,
        item,
        tokens,
        nanoUsd,
        decimalUsd(nanoUsd),
      ]),
    ),
  ]);
}

function lastMonth(nowMs: number): string {
  const now = new Date(nowMs);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1)).toISOString().slice(0, 7);
}
