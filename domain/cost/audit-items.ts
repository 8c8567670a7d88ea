import type { RegionPrices } from "../../catalog/prices/region-prices.ts";
import type { CostEnvironment } from "./cost-environment.ts";
import type { CostItem } from "./cost-item.ts";
import { HOURS_PER_MONTH } from "./usage.ts";

/** A run each minute. */
const RUNS = 60 * HOURS_PER_MONTH;
/**
 * A run for one organisation, which has a head each minute: two queries for events and four for counts of refusals, and a transaction of one item, which counts twice; a
 * file, its signature and the public key. Each further organisation adds another transaction, file and signature.
 */
const RUN = { seconds: 0.3, memoryGb: 0.25, reads: 6, writes: 2, files: 1, keyRequests: 2 } as const;

/** With a stream a run seals again after half a minute, for which it waits. */
const STREAM_SECONDS = 30;

interface AuditProps {
  readonly environment: Pick<CostEnvironment, "api">;
  readonly prices: RegionPrices;
}

/** The sealing of the control API's audit events, where there is one. */
export function auditItems({ environment, prices }: AuditProps): readonly CostItem[] {
  if (!environment.api.controlApi) return [];
  return [
    { type: "Lambda", what: "runs of the audit sealer", quantity: RUNS, price: prices.lambdaRequests },
    {
      type: "Lambda",
      what: "time of the audit sealer",
      quantity: RUNS * (RUN.seconds + (environment.api.auditStream ? STREAM_SECONDS : 0)) * RUN.memoryGb,
      price: prices.lambdaGbSeconds,
    },
    { type: "DynamoDB", what: "reads of the audit sealer", quantity: RUNS * RUN.reads, price: prices.tableReads },
    { type: "DynamoDB", what: "writes of the audit sealer", quantity: RUNS * RUN.writes, price: prices.tableWrites },
    { type: "S3", what: "writes of the audit trail", quantity: RUNS * RUN.files, price: prices.bucketWrites },
    {
      type: "KMS",
      what: "signatures of the audit trail",
      quantity: RUNS * RUN.keyRequests,
      price: prices.signingRequests,
    },
  ];
}
