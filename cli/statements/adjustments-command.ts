import { Command } from "commander";
import * as z from "zod";
import { UsageAdjustment } from "../../contracts/usage/corrections.ts";
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

interface AdjustmentsOptions extends ControlOptions {
  readonly from?: string;
  readonly to?: string;
}

/** The fields that the command reads; a newer release may send more. */
const Page = z.object({ data: z.array(UsageAdjustment.strip()), next: z.string().nullable() });
type Adjustment = z.infer<typeof Page>["data"][number];
const WEEK = 7 * 86_400;

/** `sluice usage adjustments`: lists what was taken back of requests, over the control API. */
export function adjustmentsCommand(tools: ControlTools): Command {
  return withControlOptions(new Command("adjustments"))
    .description("list what was taken back of the requests that ended in a time, by whom and why")
    .option("--from <time>", "the first hour (UTC): 2026-11-29 or 2026-11-29T09:00:00Z (default: 7 days ago)")
    .option("--to <time>", "the first hour that is not listed (default: now)")
    .action((_: unknown, command: Command) => list(command.optsWithGlobals<AdjustmentsOptions>(), tools));
}

async function list(options: AdjustmentsOptions, tools: ControlTools): Promise<void> {
  const now = Math.floor(tools.now() / 1000);
  const from = options.from === undefined ? now - WEEK : secondsOf("--from", options.from);
  const to = options.to === undefined ? now + 1 : secondsOf("--to", options.to);
  if (to <= from) throw new UserError(`--to must be after --from, got ${isoOf(from)} and ${isoOf(to)}.`);
  const client = controlClient(options, tools);
  const all: Adjustment[] = [];
  for (let next: string | null = ""; next !== null; ) {
    const query = new URLSearchParams({ start_time: String(from), end_time: String(to - 1), limit: "100" });
    if (next !== "") query.set("after", next);
    const page: z.infer<typeof Page> = await client.call(
      { method: "GET", path: `/v1/organization/usage/adjustments?${query}` },
      Page,
    );
    all.push(...page.data);
    next = page.next;
  }
  if (options.json === true) return tools.print(JSON.stringify(all, null, 2));
  tools.print(all.length === 0 ? "Nothing was taken back of the requests of this time." : tableOf(all));
}

function tableOf(adjustments: readonly Adjustment[]): string {
  return textTable([
    ["ENDED", "REQUEST", "NUMBER", "PROJECT", "MODEL", "USD", "INPUT", "OUTPUT", "BY", "AT", "REASON"],
    ...adjustments.map((one) => [
      isoOf(one.ended_at),
      one.request_id,
      String(one.number),
      one.project_id ?? "-",
      one.model,
      dollars(one.reduced_by.charge_nano_usd),
      String(one.reduced_by.input_tokens),
      String(one.reduced_by.output_tokens),
      one.adjusted_by,
      isoOf(one.adjusted_at),
      one.reason.replaceAll(/\s+/g, " "),
    ]),
  ]);
}
