import { type FirehoseClient, PutRecordBatchCommand } from "@aws-sdk/client-firehose";
import type { AuditStream } from "./sealing-ports.ts";

/** Firehose's limits of one call, in its reference of `PutRecordBatch`: 500 records and 4 MiB. */
const MAX_RECORDS = 500;
const MAX_BYTES = 4 * 1024 * 1024;
/** Firehose refuses single records of a call while it is throttled. */
const MAX_ATTEMPTS = 3;
const PAUSE_MS = 200;

/** A delivery stream of Firehose, which stores what it has taken in several zones until it is delivered. */
export class FirehoseStream implements AuditStream {
  readonly #client: FirehoseClient;
  readonly #name: string;

  constructor(client: FirehoseClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async send(records: readonly string[]): Promise<void> {
    for (const batch of batches(records.map((record) => Buffer.from(`${record}\n`)))) await this.#sendBatch(batch);
  }

  async #sendBatch(batch: readonly Buffer[]): Promise<void> {
    let left = batch;
    for (let attempt = 1; ; attempt++) {
      const { FailedPutCount = 0, RequestResponses = [] } = await this.#client.send(
        new PutRecordBatchCommand({ DeliveryStreamName: this.#name, Records: left.map((Data) => ({ Data })) }),
      );
      if (FailedPutCount === 0) return;
      const refused = RequestResponses.find(({ ErrorCode }) => ErrorCode !== undefined);
      left = left.filter((_, index) => RequestResponses[index]?.ErrorCode !== undefined);
      if (attempt === MAX_ATTEMPTS)
        throw new Error(
          `The delivery stream ${this.#name} has not taken ${FailedPutCount} audit events: ` +
            `${refused?.ErrorMessage ?? "no reason"} (${refused?.ErrorCode ?? "no code"}); the next run sends them again.`,
        );
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
    }
  }
}

/** Records in calls that Firehose takes. */
export function* batches(records: readonly Buffer[]): Generator<readonly Buffer[]> {
  let batch: Buffer[] = [];
  let bytes = 0;
  for (const record of records) {
    if (batch.length > 0 && (batch.length === MAX_RECORDS || bytes + record.length > MAX_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += record.length;
  }
  if (batch.length > 0) yield batch;
}
