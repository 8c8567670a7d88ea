import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../../lib/parse-json.ts";
import type { Json } from "../../template/json.ts";
import { deliverEvent } from "../lambda/deliver-event.ts";

export interface BucketNotification {
  /** Begin of the keys that it is for. */
  readonly prefix: string;
  invoke(event: Json): Promise<unknown>;
}

export interface BucketNotificationsOptions {
  /** Folder with a file for each notification that is not delivered; made when the first is written. */
  readonly folder: string;
  readonly report: (line: string) => void;
  /** Between two attempts; on AWS one and two minutes. @default 1000 */
  readonly retryMs?: number;
}

/** An object whose notification is to be delivered. */
const Waiting = z.object({ bucket: z.string(), key: z.string() });
type Waiting = Readonly<z.infer<typeof Waiting>>;

/**
 * Functions that S3 calls when an object is written, by the bucket's name. As on AWS a notification outlives the processes: it is a
 * file until its function has responded, or has failed three times.
 */
export class BucketNotifications {
  readonly #options: BucketNotificationsOptions;
  readonly #targets = new Map<string, BucketNotification[]>();
  #isStopped = false;

  constructor(options: BucketNotificationsOptions) {
    this.#options = options;
  }

  add(bucket: string, notification: BucketNotification): void {
    this.#targets.set(bucket, [...(this.#targets.get(bucket) ?? []), notification]);
  }

  /** Delivers what an earlier run left, once all functions are there. Other environments' buckets are left alone. */
  start(): void {
    const { folder } = this.#options;
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      const file = join(folder, name);
      const waiting = Waiting.safeParse(parseJson(readFileSync(file, "utf8"))).data;
      // Its process ended while the file was written, before whoever wrote the object had a response.
      if (waiting === undefined) rmSync(file, { force: true });
      else if (this.#targets.has(waiting.bucket)) void this.#deliver(file, waiting);
    }
  }

  /** Whoever wrote the object has its response after this: its notifications are stored by then, and go out. */
  created(bucket: string, key: string): void {
    if (this.#targetsOf({ bucket, key }).length === 0) return;
    const { folder } = this.#options;
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${randomUUID()}.json`);
    writeFileSync(file, JSON.stringify({ bucket, key } satisfies Waiting));
    void this.#deliver(file, { bucket, key });
  }

  /** Functions that end from now on have not failed: their notifications are delivered again by the next run. */
  stop(): void {
    this.#isStopped = true;
  }

  #targetsOf({ bucket, key }: Waiting): readonly BucketNotification[] {
    return (this.#targets.get(bucket) ?? []).filter(({ prefix }) => key.startsWith(prefix));
  }

  /** Each target by itself; where the stack stops before all have responded, all are called again, as S3 may do it. */
  async #deliver(file: string, waiting: Waiting): Promise<void> {
    const { report, retryMs = 1000 } = this.#options;
    const { bucket, key } = waiting;
    // Encoded as in a form, as S3 does it.
    const object = { key: encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+") };
    const record = { eventSource: "aws:s3", eventName: "ObjectCreated:Put", s3: { bucket: { name: bucket }, object } };
    const source = `notification of ${bucket}`;
    const isStopped = () => this.#isStopped;
    const delivered = await Promise.all(
      this.#targetsOf(waiting).map((target) => {
        const invoke = () => target.invoke({ Records: [record] });
        return deliverEvent({ source, invoke, report, retryMs, isStopped });
      }),
    );
    if (delivered.every(Boolean)) rmSync(file, { force: true });
  }
}
