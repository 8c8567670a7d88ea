import { Command } from "commander";
import { isoTime } from "../../lib/time/iso-time.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import { type ControlOptions, type ControlTools, controlClient, withControlOptions } from "./control-endpoint.ts";
import { printForecast } from "./forecast.ts";
import { dollars } from "./limit-text.ts";
import { costsOf, usageOf } from "./usage-pages.ts";

interface UsageOptions extends ControlOptions {
  readonly since: string;
  readonly by?: string;
  readonly width?: string;
  readonly kind: string;
  readonly amount?: string;
}

const USAGE_GROUPS = { project: "project_id", user: "user_id", key: "api_key_id", model: "model", batch: "batch" };
const COST_GROUPS = { project: "project_id", user: "user_id", key: "api_key_id", item: "line_item" };
/** Lengths of rows, with the most that one request can have. */
const WIDTHS: Readonly<Record<string, number>> = { "1m": 1440, "1h": 168, "1d": 31 };
const KINDS = ["completions", "embeddings", "moderations"] as const;
const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** `sluice usage`: requests and tokens, by the control API. */
export function usageCommand(tools: ControlTools): Command {
  return withSpan(new Command("usage").description("show what requests used, in days, hours or minutes"), USAGE_GROUPS)
    .option("--width <width>", `length of a row: ${Object.keys(WIDTHS).join(", ")} (default 1d)`)
    .option("--kind <kind>", KINDS.join(", "), "completions")
    .action((options: UsageOptions) => usage(options, tools));
}

/** `sluice costs`: what callers are charged, or what the operator pays, by the control API. */
export function costsCommand(tools: ControlTools): Command {
  return withSpan(
    new Command("costs").description("show what callers are charged, or what you pay, by the day"),
    COST_GROUPS,
  )
    .option("--amount <amount>", "charge, or cost: what providers take and amortised pools cost", "charge")
    .option("--forecast", "what this month is charged at its end, and when monthly budgets are used up")
    .action((options: UsageOptions & { readonly forecast?: boolean }) =>
      options.forecast === true ? printForecast(options, tools) : costs(options, tools),
    );
}

function withSpan(command: Command, groups: Readonly<Record<string, string>>): Command {
  return withControlOptions(command)
    .option("--since <time>", "a date (2026-11-01), a time with zone, or how long ago: 30m, 24h, 7d", "7d")
    .option("--by <groups>", `one row for each: ${Object.keys(groups).join(", ")}, with commas between`);
}

async function usage(options: UsageOptions, tools: ControlTools): Promise<void> {
  const { width = "1d" } = options;
  const kind = KINDS.find((one) => one === options.kind);
  if (kind === undefined) throw new UserError(`--kind must be ${KINDS.join(", ")}, got ${options.kind}.`);
  const limit = WIDTHS[width];
  if (limit === undefined) throw new UserError(`--width must be ${Object.keys(WIDTHS).join(", ")}, got ${width}.`);
  const { names, groupBy } = groupsOf(options, USAGE_GROUPS);
  const start = sinceOf(options.since, tools.now());
  const rows = await usageOf(controlClient(options, tools), kind, {
    start,
    groupBy,
    limit,
    filter: `bucket_width=${width}`,
  });
  if (options.json === true)
    return tools.print(
      JSON.stringify(
        rows.map((row) => named(row, names)),
        null,
        2,
      ),
    );
  if (rows.length === 0) return tools.print(`There were no requests since ${timeOf(start)}.`);
  tools.print(
    textTable([
      ["TIME", ...names.map((name) => name.toUpperCase()), "REQUESTS", "INPUT", "CACHED", "OUTPUT"],
      ...rows.map(({ start: at, groups, ...sums }) => [
        timeOf(at),
        ...groups.map(shown),
        ...[sums.requests, sums.inputTokens, sums.cachedTokens, sums.outputTokens].map(String),
      ]),
    ]),
  );
}

async function costs(options: UsageOptions, tools: ControlTools): Promise<void> {
  const { names, groupBy } = groupsOf(options, COST_GROUPS);
  const start = sinceOf(options.since, tools.now());
  const { amount = "charge" } = options;
  if (amount !== "charge" && amount !== "cost") throw new UserError(`--amount must be charge or cost, got ${amount}.`);
  const filter = amount === "cost" ? { filter: "amount=cost" } : {};
  const rows = await costsOf(controlClient(options, tools), { start, groupBy, ...filter });
  if (options.json === true)
    return tools.print(
      JSON.stringify(
        rows.map(({ tokens: _, ...row }) => named(row, names)),
        null,
        2,
      ),
    );
  if (rows.length === 0)
    return tools.print(`Nothing was ${amount === "cost" ? "paid" : "charged"} since ${timeOf(start)}.`);
  const total = rows.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0);
  tools.print(
    textTable([
      ["TIME", ...names.map((name) => name.toUpperCase()), "USD"],
      ...rows.map(({ start: at, groups, nanoUsd }) => [timeOf(at), ...groups.map(shown), dollars(nanoUsd)]),
      ["total", ...names.map(() => ""), dollars(total)],
    ]),
  );
}

/** @throws {UserError} for a group that there is not */
function groupsOf({ by = "" }: UsageOptions, groups: Readonly<Record<string, string>>) {
  const names = by
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const unknown = names.find((name) => !Object.hasOwn(groups, name));
  if (unknown !== undefined)
    throw new UserError(`--by must name some of ${Object.keys(groups).join(", ")}, got ${unknown}.`);
  return { names, groupBy: names.map((name) => groups[name] ?? name) };
}

/** @returns Unix seconds @throws {UserError} */
export function sinceOf(text: string, nowMs: number): number {
  const [, count, unit = ""] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return Math.max(0, Math.floor(nowMs / 1000) - Number(count) * (UNITS[unit] ?? 0));
  const ms = isoTime(text);
  if (!Number.isNaN(ms) && ms >= 0 && ms <= nowMs) return Math.floor(ms / 1000);
  throw new UserError(
    "--since must be a date or a time with zone that is over, such as 2026-11-01 or 2026-11-01T18:00Z, or 30m, 24h, 7d; " +
      `got ${text}.`,
  );
}

function timeOf(seconds: number): string {
  const text = new Date(seconds * 1000).toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : `${text.slice(0, 16)}Z`;
}

function shown(value: string): string {
  return value === "" ? "-" : value;
}

/** A row with its groups by their names, for JSON. */
function named(
  { start, groups, ...sums }: { readonly start: number; readonly groups: readonly string[] },
  names: readonly string[],
) {
  const values = names.map((name, index) => [name, groups[index] === "" ? null : (groups[index] ?? null)]);
  return { start: new Date(start * 1000).toISOString(), ...Object.fromEntries(values), ...sums };
}
