import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Logger } from "pino";
import type { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import type { QuotaStore } from "../limits/quota-store.ts";
import { DynamoQuotaTable } from "./dynamo-quota-table.ts";
import { QuotaAccounts } from "./quota-accounts.ts";

export interface CreateQuotaStoreOptions {
  /** Makes one attempt of each call: a repeated addition would count twice. */
  readonly client: Pick<DynamoDBDocumentClient, "send">;
  readonly config: Pick<GatewayConfig, "usageTable" | "whenUsageTableIsGone">;
  /** Milliseconds of a monotonic clock. */
  readonly clock: () => number;
  readonly threads: number;
  readonly logger: Pick<Logger, "warn">;
}

/** Quotas of all gateways in the usage table; `undefined` where the environment has none. */
export function createQuotaStore(options: CreateQuotaStoreOptions): QuotaStore | undefined {
  const { client, config, clock, threads, logger } = options;
  const { usageTable: tableName, whenUsageTableIsGone: whenTableIsGone } = config;
  if (tableName === undefined) return undefined;
  return new QuotaAccounts({
    table: new DynamoQuotaTable({ client, tableName }),
    now: clock,
    wallClock: Date.now,
    threads,
    whenTableIsGone,
    onProblem: (failure) => logger.warn({ failure }, "the table of quotas can't be reached"),
  });
}
