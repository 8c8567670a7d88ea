/** ElastiCache node types that Sluice uses for Valkey, with their price. Prices are us-east-1, on demand, USD an hour. */
export interface ValkeyNodeType {
  /** Of one node; ElastiCache keeps a quarter of it for itself (`reserved-memory-percent`). */
  readonly memoryGiB: number;
  readonly price: { readonly usdPerHour: number; readonly source: string; readonly date: string };
}

/** As recorded from the AWS Price List API (cache engine Valkey): 0.8 of the price for Redis, for each of these types. */
const listed = { source: "https://aws.amazon.com/elasticache/pricing/", date: "2026-10-02" } as const;

export const VALKEY_NODE_TYPES = {
  "cache.t4g.micro": { memoryGiB: 0.5, price: { usdPerHour: 0.0128, ...listed } },
  "cache.t4g.small": { memoryGiB: 1.37, price: { usdPerHour: 0.0256, ...listed } },
  "cache.t4g.medium": { memoryGiB: 3.09, price: { usdPerHour: 0.052, ...listed } },
  "cache.r7g.large": { memoryGiB: 13.07, price: { usdPerHour: 0.1752, ...listed } },
} as const satisfies Record<string, ValkeyNodeType>;

export type ValkeyNodeTypeId = keyof typeof VALKEY_NODE_TYPES;
export const VALKEY_NODE_TYPE_IDS = Object.keys(VALKEY_NODE_TYPES) as [ValkeyNodeTypeId, ...ValkeyNodeTypeId[]];

/** The entry of a node type, typed without the literal values. */
export function catalogValkeyNodeType(id: ValkeyNodeTypeId): ValkeyNodeType {
  return VALKEY_NODE_TYPES[id];
}
