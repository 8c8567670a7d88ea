import { join } from "node:path";
import type { DeliveryStream } from "./delivery-stream.ts";

/** Firehose: delivery streams by name. */
export class FirehoseRuntime {
  readonly streams = new Map<string, DeliveryStream>();

  async stop(): Promise<void> {
    await Promise.all([...this.streams.values()].map((stream) => stream.stop()));
  }
}

export interface WithFirehose {
  readonly firehose: FirehoseRuntime;
}

/** Where the records of all streams wait. */
export function streamsFolder(workFolder: string): string {
  return join(workFolder, "streams");
}
