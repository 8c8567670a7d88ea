/** ElastiCache node types that Sluice uses for Valkey; their prices are in `prices/`. */
export interface ValkeyNodeType {
  /** Of one node; ElastiCache keeps a quarter of it for itself (`reserved-memory-percent`). */
  readonly memoryGiB: number;
}

export const VALKEY_NODE_TYPES = {
  "cache.t4g.micro": { memoryGiB: 0.5 },
  "cache.t4g.small": { memoryGiB: 1.37 },
  "cache.t4g.medium": { memoryGiB: 3.09 },
  "cache.r7g.large": { memoryGiB: 13.07 },
} as const satisfies Record<string, ValkeyNodeType>;

export type ValkeyNodeTypeId = keyof typeof VALKEY_NODE_TYPES;
export const VALKEY_NODE_TYPE_IDS = Object.keys(VALKEY_NODE_TYPES) as [ValkeyNodeTypeId, ...ValkeyNodeTypeId[]];

/** The entry of a node type, typed without the literal values. */
export function catalogValkeyNodeType(id: ValkeyNodeTypeId): ValkeyNodeType {
  return VALKEY_NODE_TYPES[id];
}
