import { Command } from "commander";
import { type ChargeLine, decimalUsd } from "../../domain/usage/charge-line.ts";
import { FOCUS_COLUMNS } from "../../domain/usage/focus-columns.ts";
import { focusRow } from "../../domain/usage/focus-rows.ts";
import { csvText } from "../../lib/csv.ts";
import { isoTime } from "../../lib/time/iso-time.ts";
import {
  type ControlOptions,
  type ControlTools,
  controlClient,
  withControlOptions,
} from "../control/control-endpoint.ts";
import { sinceOf } from "../control/usage-command.ts";
import { UserError } from "../terminal/user-error.ts";
import { chargeLines } from "./charge-lines.ts";

interface ExportOptions extends ControlOptions {
  readonly since: string;
  readonly until?: string;
  readonly format: string;
  readonly providerName: string;
}

type Write = (lines: readonly ChargeLine[], options: ExportOptions, url: string) => string;

const COLUMNS = ["date", "project_id", "user_id", "api_key_id", "model", "item", "tokens", "nano_usd", "usd"] as const;

const FORMATS: Readonly<Record<string, Write>> = {
  csv: (lines) => csvText([COLUMNS, ...lines.map((line) => Object.values(recordOf(line)))]),
  jsonl: (lines) => lines.map((line) => `${JSON.stringify(recordOf(line))}\n`).join(""),
  focus: (lines, { providerName }, url) =>
    csvText([
      Object.keys(FOCUS_COLUMNS),
      ...lines.map((line) => Object.values(focusRow(line, { billingAccountId: url, providerName }))),
    ]),
};

/** `sluice usage export`: charges by day, project, user, key, model and kind of tokens, for other programs. */
export function exportCommand(tools: ControlTools): Command {
  return withControlOptions(new Command("export"))
    .description("print what is charged for each day, project, user, key and model, for other programs")
    .option("--format <format>", `${Object.keys(FORMATS).join(", ")} (FOCUS 1.0 as CSV)`, "csv")
    .option("--since <time>", "a date (2026-11-01), a time with zone, or how long ago: 24h, 7d", "31d")
    .option("--until <date>", "the first day that is not printed (default: today is the last one)")
    .option("--provider-name <name>", "the provider in FOCUS", "Sluice")
    .action((_: unknown, command: Command) => exportCharges(command.optsWithGlobals<ExportOptions>(), tools));
}

async function exportCharges(options: ExportOptions, tools: ControlTools): Promise<void> {
  const write = Object.hasOwn(FORMATS, options.format) ? FORMATS[options.format] : undefined;
  if (write === undefined)
    throw new UserError(`--format must be ${Object.keys(FORMATS).join(", ")}, got ${options.format}.`);
  const start = sinceOf(options.since, tools.now());
  const end = options.until === undefined ? Math.floor(tools.now() / 1000) + 1 : dayOf(options.until);
  if (end <= start) throw new UserError(`--until must be after --since, got ${options.until}.`);
  const lines = await chargeLines(controlClient(options, tools), { start, end });
  const text = write(lines, options, options.url ?? tools.localUrl() ?? "");
  tools.print(text.replace(/\r?\n$/, ""));
}

function recordOf(line: ChargeLine): Readonly<Record<(typeof COLUMNS)[number], string | number | null>> {
  return {
    date: new Date(line.start * 1000).toISOString().slice(0, 10),
    project_id: line.projectId ?? null,
    user_id: line.userId ?? null,
    api_key_id: line.apiKeyId ?? null,
    model: line.model,
    item: line.item,
    tokens: line.tokens,
    nano_usd: line.nanoUsd,
    usd: decimalUsd(line.nanoUsd),
  };
}

/** @returns Unix seconds @throws {UserError} */
function dayOf(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? isoTime(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new UserError(`--until must be a date such as 2026-12-01, got ${text}.`);
  return ms / 1000;
}
