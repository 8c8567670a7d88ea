import { randomUUID } from "node:crypto";
import { AwsApiError } from "../../aws-api/aws-api-error.ts";
import type { JsonOperations } from "../../aws-api/endpoint.ts";
import { asList, asObject, asText } from "../../template/json.ts";
import type { FirehoseRuntime } from "./runtime.ts";

/** Firehose's limits, in its reference of `PutRecordBatch`. */
const MAX_RECORDS = 500;
const MAX_RECORD_BYTES = 1000 * 1024;
const MAX_BYTES = 4 * 1024 * 1024;

/** The call of the sealer of audit events. */
export function firehoseOperations(firehose: FirehoseRuntime): JsonOperations {
  return {
    PutRecordBatch: (request) => {
      const name = asText(request.DeliveryStreamName);
      const stream = firehose.streams.get(name);
      if (!stream) throw new AwsApiError("ResourceNotFoundException", `Firehose ${name} not found.`);
      const records = asList(request.Records).map((record) => Buffer.from(asText(asObject(record).Data), "base64"));
      const bytes = records.reduce((sum, { length }) => sum + length, 0);
      const isTaken =
        records.length > 0 &&
        records.length <= MAX_RECORDS &&
        bytes <= MAX_BYTES &&
        records.every(({ length }) => length <= MAX_RECORD_BYTES);
      if (!isTaken)
        throw new AwsApiError(
          "InvalidArgumentException",
          `A call has 1 to ${MAX_RECORDS} records of at most ${MAX_RECORD_BYTES} bytes, and ${MAX_BYTES} bytes in all.`,
        );
      stream.put(records);
      return { FailedPutCount: 0, RequestResponses: records.map(() => ({ RecordId: randomUUID() })) };
    },
  };
}
