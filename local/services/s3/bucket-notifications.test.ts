import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually } from "../../../test-support/waits/eventually.ts";
import { lambdaOf } from "../../test/lambda-of.ts";
import { temporaryFolder } from "../../test/tools.ts";
import { BucketNotifications } from "./bucket-notifications.ts";

const KEY = "usage/segments/date=2026-11-29/a file.ndjson.gz";

/** A function that appends the keys of its events to a file, and then responds unless it hangs. */
function appending(file: string, { hangs = false } = {}) {
  return lambdaOf(`const { appendFileSync } = require("node:fs");
    exports.handler = async ({ Records: [{ s3 }] }) => {
      appendFileSync(${JSON.stringify(file)}, s3.bucket.name + " " + s3.object.key + "\\n");
      ${hangs ? "await new Promise((resolve) => setTimeout(resolve, 600_000));" : ""}
    };`);
}

/** Notifications of a run of the stack in this folder, with a function for the bucket `usage`. */
function run(folder: string, target: ReturnType<typeof lambdaOf>) {
  const reports: string[] = [];
  const notifications = new BucketNotifications({ folder, report: (line) => reports.push(line), retryMs: 1 });
  notifications.add("usage", { prefix: "usage/", invoke: (event) => target.invoke(event) });
  notifications.start();
  const stop = async () => {
    notifications.stop();
    await target.stop();
  };
  return { notifications, reports, stop };
}

// documented: notifications-outlive-the-stack
test("a notification whose function the stack ended is delivered by the next run, without a report", async () => {
  const folder = join(temporaryFolder(), "notifications");
  const calls = join(temporaryFolder(), "calls");
  const first = run(folder, appending(calls, { hangs: true }));
  first.notifications.created("usage", KEY);
  first.notifications.created("usage", "other/file");
  await eventually(() => expect(existsSync(calls)).toBe(true));
  await first.stop();
  // Written while the stack stops.
  first.notifications.created("usage", "usage/late");
  expect(first.reports).toEqual([]);

  const second = run(folder, appending(calls));
  const line = "usage usage/segments/date%3D2026-11-29/a+file.ndjson.gz";
  await eventually(() => {
    expect(readFileSync(calls, "utf8").trim().split("\n").toSorted()).toEqual(["usage usage/late", line, line]);
    expect(readdirSync(folder)).toEqual([]);
  });
  expect(second.reports).toEqual([]);
});

test("a notification whose function fails three times is reported, and is not delivered by the next run", async () => {
  const folder = join(temporaryFolder(), "notifications");
  const first = run(folder, lambdaOf("exports.handler = async () => { throw new Error('no table'); };"));
  first.notifications.created("usage", KEY);
  await eventually(() => expect(readdirSync(folder)).toEqual([]));
  expect(first.reports).toEqual(Array.from({ length: 3 }, () => "notification of usage: no table"));
});

test("a start leaves other environments' notifications, and removes a file that was not written to its end", async () => {
  const folder = temporaryFolder();
  const other = JSON.stringify({ bucket: "usage-of-another", key: KEY });
  writeFileSync(join(folder, "other.json"), other);
  writeFileSync(join(folder, "half.json"), other.slice(0, 20));
  run(folder, appending(join(temporaryFolder(), "calls")));
  expect(readdirSync(folder)).toEqual(["other.json"]);
});
