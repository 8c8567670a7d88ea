import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { Command } from "commander";
import { UsageBackfill } from "../../contracts/usage/corrections.ts";
import { StoredUsageEvent } from "../../contracts/usage/usage-event.ts";
import { segmentBegan, segmentName } from "../../domain/usage/segment-names.ts";
import { bucketStart } from "../../domain/usage/usage-keys.ts";
import { parseJson } from "../../lib/parse-json.ts";
import {
  type ControlOptions,
  type ControlTools,
  controlClient,
  withControlOptions,
} from "../control/control-endpoint.ts";
import { UserError } from "../terminal/user-error.ts";

interface BackfillOptions extends ControlOptions {
  readonly yes?: boolean;
}

interface Segment {
  readonly file: string;
  readonly name: string;
  readonly lines: readonly string[];
}

/** The fields that the command reads; a newer release may send more. */
const ReadBackfill = UsageBackfill.strip();
/** Lines of one request: some 600 KiB, of which a tenth is left when they are compressed. */
const LINES = 1000;
const MAX_FILE_BYTES = 512 * 1024 * 1024;

/** `sluice usage backfill`: stores events that no gateway has shipped, over the control API. */
export function backfillCommand(tools: ControlTools): Command {
  return withControlOptions(new Command("backfill").argument("<files...>", "lines of JSON, perhaps compressed by gzip"))
    .description(
      "store events of a dead gateway's spool (its .open and .ndjson files), or of an archive of such lines, with --yes",
    )
    .option("--yes", "store them; without it they are checked")
    .action((files: readonly string[], _: unknown, command: Command) =>
      backfill(files, command.optsWithGlobals<BackfillOptions>(), tools),
    );
}

async function backfill(files: readonly string[], options: BackfillOptions, tools: ControlTools): Promise<void> {
  const client = controlClient(options, tools);
  const apply = options.yes === true;
  const segments = files.flatMap(segmentsOf);
  const results: ReturnType<typeof ReadBackfill.parse>[] = [];
  for (const { name, lines } of segments) {
    const content = gzipSync(`${lines.join("\n")}\n`).toString("base64");
    const call = { method: "POST", path: "/v1/organization/usage/backfills" } as const;
    results.push(await client.call({ ...call, body: { segment: name, content, apply } }, ReadBackfill));
  }
  if (options.json === true) return tools.print(JSON.stringify(results, null, 2));
  const sum = (name: "events" | "repeated_events" | "unreadable_lines") =>
    results.reduce((all, one) => all + one[name], 0);
  const [fresh, repeated, unreadable] = [sum("events"), sum("repeated_events"), sum("unreadable_lines")];
  const others = `${repeated} are in the ledger already, and ${unreadable} lines are no events.`;
  if (apply) return tools.print(`${fresh} events are stored, and counted within a minute; ${others}`);
  tools.print(`${fresh} events are new${fresh === 0 ? "" : " (add --yes to store them)"}; ${others}`);
}

/** The segments of a file: a spool's file is one of its name, and an archive has one for each hour and thousand of lines. */
function segmentsOf(file: string): readonly Segment[] {
  const lines = linesOf(file);
  const name = basename(file).replace(/\.(open|ndjson)(\.gz)?$/, "");
  if (segmentBegan(name) !== undefined && /-\d{6}$/.test(name)) return [{ file, name, lines }];
  const byHour = Map.groupBy(lines, (line) => hourOf(file, line));
  return [...byHour].flatMap(([hour, own]) =>
    Array.from({ length: Math.ceil(own.length / LINES) }, (_, index) => {
      const part = own.slice(index * LINES, (index + 1) * LINES);
      // The same lines make the same name, so that storing them again changes nothing.
      const digest = createHash("sha256").update(part.join("\n")).digest("hex").slice(0, 32);
      return { file, name: segmentName(hour * 1000, `backfill-${digest}`, 0), lines: part };
    }),
  );
}

function linesOf(file: string): readonly string[] {
  const bytes = bytesOf(file);
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    const text = isCompressed ? gunzipSync(bytes, { maxOutputLength: MAX_FILE_BYTES }) : bytes;
    return text
      .toString("utf8")
      .split("\n")
      .filter((line) => line.trim() !== "");
  } catch {
    throw new UserError(`${file} can't be decompressed; it must be lines of JSON, perhaps compressed by gzip.`);
  }
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UserError(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @throws {UserError} for a line that is no event: an archive is read as a whole or not at all */
function hourOf(file: string, line: string): number {
  const event = StoredUsageEvent.safeParse(parseJson(line)).data;
  if (event !== undefined) return bucketStart("1h", Date.parse(event.endedAt) / 1000);
  throw new UserError(`${file} has a line that is no usage event: ${line.slice(0, 60)}`);
}
