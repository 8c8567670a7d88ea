import { Command } from "commander";
import { RECOUNT_SECONDS, type RecountWidth, UsageRecount } from "../../contracts/usage/corrections.ts";
import { type AdminClient, AdminRefusal } from "../admin/admin-client.ts";
import {
  type ControlOptions,
  type ControlTools,
  controlClient,
  withControlOptions,
} from "../control/control-endpoint.ts";
import { dollars } from "../control/limit-text.ts";
import { isoOf, secondsOf } from "../control/time-text.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";

interface RecountOptions extends ControlOptions {
  readonly from: string;
  readonly to?: string;
  readonly yes?: boolean;
}

/** The fields that the command reads; a newer release may send more. */
const ReadRecount = UsageRecount.strip();
type Recount = ReturnType<typeof ReadRecount.parse>;

const WIDTHS = Object.keys(RECOUNT_SECONDS) as readonly RecountWidth[];
const HOUR = 3600;
const DAY = 24 * HOUR;

/** `sluice usage recount`: compares the sums of a time with its events, and corrects them, over the control API. */
export function recountCommand(tools: ControlTools): Command {
  return withControlOptions(new Command("recount"))
    .description("compare the sums of hours and days with their events and adjustments, and correct them with --yes")
    .requiredOption("--from <time>", "the first hour (UTC): 2026-11-29 or 2026-11-29T09:00:00Z")
    .option(
      "--to <time>",
      "the first hour that is not recounted (default: a day after --from, or the hour that is not over)",
    )
    .option("--yes", "correct the sums; without it the differences are shown")
    .action((_: unknown, command: Command) => recount(command.optsWithGlobals<RecountOptions>(), tools));
}

async function recount(options: RecountOptions, tools: ControlTools): Promise<void> {
  const client = controlClient(options, tools);
  const isOver = Math.floor(tools.now() / 1000 / HOUR) * HOUR;
  const from = hourOf("--from", options.from);
  const to = options.to === undefined ? Math.min(from + DAY, isOver) : hourOf("--to", options.to);
  if (to <= from || to > isOver)
    throw new UserError(`--to must be an hour after --from that is over, ${isoOf(isOver)} at the latest.`);
  const apply = options.yes === true;
  const results: Recount[] = [];
  for (let hour = from; hour < to; hour += HOUR) {
    results.push(...(await recountHour(client, hour, apply)));
    // A day's sums are those of its hours, once these are right.
    const day = hour + HOUR - DAY;
    if ((hour + HOUR) % DAY === 0 && day + DAY <= isOver) results.push(await recountOne(client, day, "1d", apply));
  }
  if (options.json === true) return tools.print(JSON.stringify(results, null, 2));
  print(results, apply, tools);
}

/** An hour with more events than one request can read is recounted in parts. */
async function recountHour(client: AdminClient, hour: number, apply: boolean): Promise<readonly Recount[]> {
  try {
    return [await recountOne(client, hour, "1h", apply)];
  } catch (error) {
    if (!(error instanceof AdminRefusal) || error.param !== "width") throw error;
  }
  const parts: Recount[] = [];
  for (let start = hour; start < hour + HOUR; start += RECOUNT_SECONDS["5m"])
    parts.push(await recountOne(client, start, "5m", apply));
  return [...parts, await recountOne(client, hour, "1h", apply, "minutes")];
}

function recountOne(
  client: AdminClient,
  start: number,
  width: RecountWidth,
  apply: boolean,
  from: "events" | "minutes" = "events",
): Promise<Recount> {
  const body = { start_time: start, width, apply, ...(from === "minutes" ? { from } : {}) };
  return client.call({ method: "POST", path: "/v1/organization/usage/recounts", body }, ReadRecount);
}

function print(results: readonly Recount[], apply: boolean, tools: ControlTools): void {
  const sum = (of: (one: Recount) => number) => results.reduce((all, one) => all + of(one), 0);
  const wrong = results.filter((one) => one.num_differences > 0 || one.repeated_events > 0 || one.unreadable_lines > 0);
  if (wrong.length > 0)
    tools.print(
      textTable([
        [
          "TIME",
          "WIDTH",
          "EVENTS",
          "REPEATED",
          "UNREADABLE",
          "WRONG SUMS",
          "MISSING USD",
          "INPUT",
          "OUTPUT",
          "CORRECTED",
        ],
        ...wrong.map((one) => [
          isoOf(one.start_time),
          WIDTHS.find((width) => RECOUNT_SECONDS[width] === one.end_time - one.start_time) ?? "",
          ...[one.events, one.repeated_events, one.unreadable_lines, one.num_differences].map(String),
          dollars(one.missing_charge_nano_usd),
          ...[one.missing_input_tokens, one.missing_output_tokens, one.num_corrected].map(String),
        ]),
      ]),
    );
  const [differences, corrected] = [sum((one) => one.num_differences), sum((one) => one.num_corrected)];
  const counted = sum((one) => one.files_counted);
  const files = counted === 0 ? "" : ` ${counted} files of events were not counted, and are now.`;
  tools.print(`${sum((one) => one.events)} events: ${verdict(differences, corrected, apply)}${files}`);
}

function verdict(differences: number, corrected: number, apply: boolean): string {
  if (differences === 0) return "all sums are right.";
  if (!apply) return `${differences} sums are wrong; add --yes to correct them.`;
  if (corrected === differences) return `${corrected} sums were wrong, and are corrected.`;
  return `${corrected} of ${differences} wrong sums are corrected; usage came meanwhile: run this again.`;
}

/** @throws {UserError} */
function hourOf(option: string, text: string): number {
  const seconds = secondsOf(option, text);
  if (seconds % HOUR === 0) return seconds;
  throw new UserError(`${option} must be the beginning of an hour, got ${text}.`);
}
