import { gunzipSync } from "node:zlib";
import { StoredUsageEvent, type UsageEvent } from "../../../../contracts/usage/usage-event.ts";
import { segmentBegan } from "../../../../domain/usage/segment-names.ts";
import { bucketStart } from "../../../../domain/usage/usage-keys.ts";
import { parseJson } from "../../../../lib/parse-json.ts";
import { shortened } from "../../../../lib/shortened.ts";
import { auditEvent, type ControlCall, type ControlHandler, change } from "../../call/control-call.ts";
import { ControlError } from "../../call/control-error.ts";
import { linesIn } from "../../store/usage-ledger.ts";
import { HOUR, ledgerOf, requireFiles, tooManyFiles, unrepeated } from "./ledger-call.ts";

type Call = ControlCall<"createUsageBackfill">;

interface Line {
  readonly text: string;
  readonly event: UsageEvent;
}

/** A segment is 1 MiB. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024;

/**
 * Stores events that no gateway has shipped: a segment of a spool under its own name, so that shipping it as well changes
 * nothing, without the events that other files have.
 */
export const createUsageBackfill: ControlHandler<"createUsageBackfill"> = async (call) => {
  const ledger = ledgerOf(call);
  const { segment, apply } = call.body;
  const began = segmentBegan(segment);
  if (began === undefined)
    throw new ControlError("invalid_request", `segment is ${shortened(segment)}, which begins with no time.`, {
      param: "segment",
    });
  requireFiles(ledger, call, "segment", began);
  const { lines, unreadable } = linesOf(call);
  const hour = bucketStart("1h", began);
  requireHour(lines, hour);
  const known = new Set<string>();
  const wanted = new Set(lines.map(({ event }) => event.id));
  const files = await ledger.files(hour - HOUR, hour + HOUR);
  const isWhole = await ledger.eachFile(files, call.isLate, (_, bytes) => {
    for (const line of linesIn(bytes)) {
      const id = idIn(line);
      if (id !== undefined && wanted.has(id)) known.add(id);
    }
    return known.size === wanted.size;
  });
  if (!isWhole) throw tooManyFiles(files.length);
  const isThere = await ledger.has(segment);
  const fresh = isThere ? [] : lines.filter(({ event }) => !known.has(event.id));
  const isStored = apply && fresh.length > 0;
  if (isStored) {
    const event = auditEvent("usage.backfilled", { id: segment, num_events: fresh.length });
    await change(unrepeated(call), event, [], { body: undefined });
    await ledger.write(
      segment,
      fresh.map(({ text }) => text),
    );
  }
  return {
    body: {
      object: "organization.usage.backfill",
      segment,
      events: fresh.length,
      repeated_events: lines.length - fresh.length,
      unreadable_lines: unreadable,
      is_stored: isStored,
    },
  };
};

/** The events of the body, each id once. @throws {ControlError} where it is not compressed, or too long */
function linesOf({ body }: Call): { readonly lines: readonly Line[]; readonly unreadable: number } {
  const texts = textOf(body.content)
    .split("\n")
    .filter((line) => line !== "");
  const read = texts.map((text) => ({ text, event: StoredUsageEvent.safeParse(parseJson(text)).data }));
  const byId = new Map(read.flatMap(({ text, event }) => (event === undefined ? [] : [[event.id, { text, event }]])));
  return { lines: [...byId.values()], unreadable: read.filter(({ event }) => event === undefined).length };
}

function textOf(content: string): string {
  try {
    return gunzipSync(Buffer.from(content, "base64"), { maxOutputLength: MAX_TEXT_BYTES }).toString("utf8");
  } catch {
    throw new ControlError(
      "invalid_request",
      `content must be lines of JSON, compressed by gzip, in base64, and at most ${MAX_TEXT_BYTES / 1024 / 1024} MiB as text; send smaller segments.`,
      { param: "content" },
    );
  }
}

/** @throws {ControlError} for events that a recount of their hour would not find */
function requireHour(lines: readonly Line[], hour: number): void {
  const wrong = lines.find(({ event }) => {
    const ended = bucketStart("1h", Date.parse(event.endedAt) / 1000);
    return ended !== hour && ended !== hour + HOUR;
  });
  if (wrong === undefined) return;
  throw new ControlError(
    "invalid_request",
    `The event ${shortened(wrong.event.id)} ended at ${wrong.event.endedAt}, and a segment has those of the hour of its name, ${new Date(hour * 1000).toISOString()}, and of the next one; send each hour's events as a segment of its own.`,
    { param: "content" },
  );
}

/** A line begins with the id; another one is read as a whole. */
function idIn(line: string): string | undefined {
  const [, start] = /^\{"id":"([\w-]+)"/.exec(line) ?? [];
  return start ?? StoredUsageEvent.safeParse(parseJson(line)).data?.id;
}
