import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { segmentKey } from "../../domain/usage/segment-names.ts";
import { usageEvent } from "../../domain/usage/test/usage-events.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { SpoolFolder } from "./spool-folder.ts";
import { readEvents, spoolFolder, UsageBucket } from "./test/usage-bucket.ts";
import { UsageShipper } from "./usage-shipper.ts";
import { MAX_SEGMENT_BYTES, UsageSpool } from "./usage-spool.ts";

function open(spool = spoolFolder(), segmentSeconds = 3600) {
  const folder = new SpoolFolder(spool, 0);
  let closed = 0;
  const writer = new UsageSpool({ folder, segmentSeconds, wallClock: Date.now, onClosed: () => closed++ });
  return { spool, folder, writer, closed: () => closed };
}

const shipper = (folder: SpoolFolder, bucket: UsageBucket) =>
  new UsageShipper({ folder, put: bucket.put, onChange: () => undefined, firstWaitMs: 5 });

describe("the spool of usage events", () => {
  test("has an event on disk when it was appended, and closes a segment at its size and after its time", async () => {
    const { folder, writer, closed } = open(undefined, 1);
    writer.append(usageEvent());
    const [name = ""] = readdirSync(folder.path);
    expect(readEvents(readFileSync(join(folder.path, name)))).toEqual([usageEvent()]);
    expect(folder.closed()).toEqual([]);
    await eventually(() => expect(closed()).toBe(1));
    const bytes = Buffer.byteLength(JSON.stringify(usageEvent())) + 1;
    for (let written = 0; written < MAX_SEGMENT_BYTES; written += bytes) writer.append(usageEvent());
    expect(closed()).toBe(2);
    expect(new Set(folder.closed().map(({ id }) => id)).size).toBe(2);
  });

  test("names an object by the hour in which its segment began", () => {
    expect(segmentKey("20261129T093456789Z-0123456789abcdef-000001")).toBe(
      "usage/segments/date=2026-11-29/hour=09/20261129T093456789Z-0123456789abcdef-000001.ndjson.gz",
    );
  });

  // documented: usage-spool-adopted
  test("of a process that is dead is shipped by the next one, without half a line at its end", async () => {
    const spool = spoolFolder();
    const dead = spawnSync(process.execPath, ["-e", ""]);
    const folder = join(spool, `${dead.pid}-1`, "2");
    mkdirSync(folder, { recursive: true });
    const line = (id: string) => `${JSON.stringify(usageEvent({ id }))}\n`;
    writeFileSync(join(folder, "20261129T093456789Z-aa-000000.ndjson"), line("req_a"));
    writeFileSync(join(folder, "20261129T093556789Z-aa-000001.open"), `${line("req_b")}{"id":"req_c","end`);
    const next = open(spool);
    next.folder.adopt();
    const bucket = new UsageBucket();
    await shipper(next.folder, bucket).ship();
    expect(bucket.events.map(({ id }) => id)).toEqual(["req_a", "req_b"]);
    expect(readdirSync(spool)).toEqual([next.folder.path.split("/").at(-2)]);
  });

  test("of a process that lives is left to it, and so is a thread's by the other threads", () => {
    const { spool, writer } = open();
    writer.append(usageEvent());
    const code = `
      import { SpoolFolder } from ${JSON.stringify(join(import.meta.dirname, "spool-folder.ts"))};
      const folder = new SpoolFolder(${JSON.stringify(spool)}, 0);
      folder.adopt();
      console.log(folder.closed().length);`;
    const other = execFileSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
    expect(other.trim()).toBe("0");
    new SpoolFolder(spool, 1).adopt();
    expect(new SpoolFolder(spool, 1).closed()).toEqual([]);
  });

  test("of a thread that failed is taken over by the thread in its stead", async () => {
    const { spool, writer } = open();
    writer.append(usageEvent({ id: "req_before" }));
    const next = new SpoolFolder(spool, 0);
    next.adopt();
    const bucket = new UsageBucket();
    await shipper(next, bucket).ship();
    expect(bucket.events.map(({ id }) => id)).toEqual(["req_before"]);
  });
});

describe("the shipper", () => {
  // documented: usage-bucket-down
  test("loses nothing while the bucket is down, and ships the oldest first when it is back", async () => {
    const { folder, writer } = open();
    const bucket = new UsageBucket();
    const changes: boolean[] = [];
    const shipping = new UsageShipper({
      folder,
      put: bucket.put,
      onChange: (isAvailable) => changes.push(isAvailable),
      firstWaitMs: 5,
    });
    bucket.isDown = true;
    for (const id of ["req_1", "req_2", "req_3"]) {
      writer.append(usageEvent({ id }));
      writer.rotate();
    }
    const over = shipping.ship();
    await eventually(() => expect(bucket.puts).toBeGreaterThan(3));
    expect(folder.closed()).toHaveLength(3);
    bucket.isDown = false;
    await over;
    expect(bucket.events.map(({ id }) => id)).toEqual(["req_1", "req_2", "req_3"]);
    expect(folder.closed()).toEqual([]);
    expect(changes).toEqual([false, true]);
  });

  test("writes the same object again when a process died before it deleted the segment", async () => {
    const { folder, writer } = open();
    writer.append(usageEvent());
    writer.rotate();
    const [segment] = folder.closed();
    const content = readFileSync(segment?.path ?? "");
    const bucket = new UsageBucket();
    await shipper(folder, bucket).ship();
    const [[key, body] = []] = bucket.objects;
    writeFileSync(segment?.path ?? "", content);
    await shipper(folder, bucket).ship();
    expect([...bucket.objects]).toEqual([[key, body]]);
    expect(bucket.puts).toBe(2);
  });
});
