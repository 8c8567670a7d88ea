import type { RegionPrices } from "../../catalog/prices/region-prices.ts";
import type { CostEnvironment } from "./cost-environment.ts";
import type { CostItem } from "./cost-item.ts";

/** Token exchanges in a month, each with its mean time: 330 jobs a day, whose issuers' keys are cached in most. */
const EXCHANGES = { requests: 10_000, reads: 1, writes: 4, memoryGb: 0.25, seconds: 0.3 } as const;
/** DynamoDB calls KMS for a table's key at most every five minutes: here at most once for each exchange. */
const KEY_REQUESTS = EXCHANGES.requests;

interface ExchangeProps {
  readonly environment: Pick<CostEnvironment, "identity">;
  readonly prices: RegionPrices;
}

/** The token exchange, where there is one: its function, and the transaction that stores a key and that its token was used. */
export function exchangeItems({ environment, prices }: ExchangeProps): readonly CostItem[] {
  const { workloads = [], people = null } = environment.identity ?? {};
  if (workloads.length === 0 && people === null) return [];
  const { requests, reads, writes, seconds, memoryGb } = EXCHANGES;
  return [
    { type: "Lambda", what: "token exchanges", quantity: requests, price: prices.lambdaRequests },
    {
      type: "Lambda",
      what: "time of token exchanges",
      quantity: requests * seconds * memoryGb,
      price: prices.lambdaGbSeconds,
    },
    { type: "DynamoDB", what: "reads of token exchanges", quantity: requests * reads, price: prices.tableReads },
    { type: "DynamoDB", what: "writes of token exchanges", quantity: requests * writes, price: prices.tableWrites },
    {
      type: "KMS",
      what: "encryption requests of token exchanges",
      quantity: KEY_REQUESTS,
      price: prices.encryptionRequests,
    },
  ];
}
