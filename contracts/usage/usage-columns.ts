import type { UsageEvent } from "./usage-event.ts";

/** Types of Athena's columns. */
export type ColumnType = "bigint" | "boolean" | "double" | "int" | "string" | "timestamp";

/** What a field of a usage event is in the tables of Athena. A field without a column does not compile. */
export const USAGE_COLUMN_TYPES = {
  id: "string",
  endedAt: "timestamp",
  route: "string",
  model: "string",
  target: "string",
  status: "int",
  isAborted: "boolean",
  isStream: "boolean",
  isBatch: "boolean",
  isCached: "boolean",
  keyId: "string",
  projectId: "string",
  userId: "string",
  serviceAccountId: "string",
  inputTokens: "bigint",
  inputCachedTokens: "bigint",
  inputCacheWriteTokens: "bigint",
  outputTokens: "bigint",
  reasoningTokens: "bigint",
  firstTokenMs: "double",
  durationMs: "double",
  costNanoUsd: "bigint",
  chargeNanoUsd: "bigint",
  inputChargeNanoUsd: "bigint",
} as const satisfies Readonly<Record<keyof UsageEvent, ColumnType>>;

export interface UsageColumn {
  /** Lower case with underscores, as Athena has no capitals. */
  readonly name: string;
  readonly field: keyof UsageEvent;
  readonly type: ColumnType;
}

/** The columns in their order. */
export const USAGE_COLUMNS: readonly UsageColumn[] = Object.entries(USAGE_COLUMN_TYPES).map(([field, type]) => ({
  name: field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  field: field as keyof UsageEvent,
  type,
}));

/** Columns of a table's partitions, which are folders: `day=2026-11-29/hour=09/`, UTC, as of the segments. */
export const USAGE_PARTITIONS = { day: "day", hour: "hour" } as const;
