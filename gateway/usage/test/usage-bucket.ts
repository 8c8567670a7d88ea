import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { UsageEvent } from "../../../contracts/usage/usage-event.ts";

/** For tests: objects in memory, which can be unavailable. */
export class UsageBucket {
  readonly objects = new Map<string, Buffer>();
  isDown = false;
  puts = 0;

  readonly put = async (key: string, body: Buffer): Promise<void> => {
    this.puts++;
    if (this.isDown) throw new Error("the bucket is down");
    this.objects.set(key, body);
  };

  get events(): readonly UsageEvent[] {
    return [...this.objects.values()].flatMap((body) => readEvents(gunzipSync(body)));
  }
}

export function readEvents(lines: Buffer): readonly UsageEvent[] {
  return lines
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => UsageEvent.parse(JSON.parse(line)));
}

/** A folder for a spool, removed with the test. */
export function spoolFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-spool-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
