import { randomUUID } from "node:crypto";
import { isRecord } from "../../../lib/is-record.ts";
import type { Deliver } from "./delivery-stream.ts";

/** Firehose waits up to three minutes for a response; here a sink is on this machine. */
const TIMEOUT_MS = 10_000;

/** Posts records as Firehose does to an HTTP endpoint, whose response must name the request. @param key access key of the endpoint, where it has one */
export function httpSink(url: string, key?: string): Deliver {
  return async (records) => {
    const requestId = randomUUID();
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-amz-firehose-protocol-version": "1.0",
        "x-amz-firehose-request-id": requestId,
        ...(key === undefined ? {} : { "x-amz-firehose-access-key": key }),
      },
      body: JSON.stringify({
        requestId,
        timestamp: Date.now(),
        records: records.map((record) => ({ data: record.toString("base64") })),
      }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body: unknown = await response.json().catch(() => undefined);
    if (response.status !== 200) throw new Error(`the endpoint responded with ${response.status}`);
    if (!isRecord(body) || body.requestId !== requestId)
      throw new Error("the endpoint's response names another request");
  };
}
