import type { Json } from "../../template/json.ts";
import { deliverEvent } from "../lambda/deliver-event.ts";

export interface BucketNotification {
  /** Begin of the keys that it is for. */
  readonly prefix: string;
  invoke(event: Json): Promise<unknown>;
}

/** Between two attempts; on AWS one and two minutes. */
const RETRY_MS = 1000;

/** Functions that S3 calls when an object is written, by the bucket's name. */
export class BucketNotifications {
  readonly #targets = new Map<string, BucketNotification[]>();
  readonly #report: (line: string) => void;
  readonly #retryMs: number;

  constructor(report: (line: string) => void, retryMs = RETRY_MS) {
    this.#report = report;
    this.#retryMs = retryMs;
  }

  add(bucket: string, notification: BucketNotification): void {
    this.#targets.set(bucket, [...(this.#targets.get(bucket) ?? []), notification]);
  }

  /** An object is there; its notifications go out, each by itself. */
  created(bucket: string, key: string): void {
    for (const target of this.#targets.get(bucket) ?? [])
      if (key.startsWith(target.prefix)) void this.#deliver(bucket, key, target);
  }

  #deliver(bucket: string, key: string, target: BucketNotification): Promise<void> {
    // Encoded as in a form, as S3 does it.
    const object = { key: encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+") };
    const record = { eventSource: "aws:s3", eventName: "ObjectCreated:Put", s3: { bucket: { name: bucket }, object } };
    const invoke = () => target.invoke({ Records: [record] });
    const source = `notification of ${bucket}`;
    return deliverEvent({ source, invoke, report: this.#report, retryMs: this.#retryMs });
  }
}
