/** A query of usage, in Athena's SQL. */
export interface UsageQuery {
  readonly name: string;
  readonly description: string;
  readonly sql: string;
}

interface QueryParts {
  readonly name: string;
  readonly description: string;
  /** Columns that a group of rows has in common. */
  readonly by: readonly string[];
  /** What is computed of a group. */
  readonly of: readonly string[];
  readonly where: string;
  readonly order: string;
  /** @default - all rows */
  readonly limit?: number;
}

// A day is a folder: a query names the days, so that Athena reads few files.
const LAST_30_DAYS = "day >= date_format(current_date - interval '30' day, '%Y-%m-%d')";
const THIS_MONTH = "day >= date_format(date_trunc('month', current_date), '%Y-%m-%d')";
const REQUESTS = "count(*) AS requests";

const QUERIES: readonly QueryParts[] = [
  {
    name: "charges by project and day",
    description: "Dollars that each project was charged on each of the last 30 days.",
    by: ["day", "project_id"],
    of: [REQUESTS, dollars("charge")],
    where: LAST_30_DAYS,
    order: "day DESC, charge_usd DESC",
  },
  {
    name: "cost and charge by model",
    description:
      "Tokens and dollars of this month by model and target: what providers take and what callers are charged.",
    by: ["model", "target"],
    of: [
      ...[REQUESTS, "sum(input_tokens) AS input_tokens", "sum(output_tokens) AS output_tokens"],
      ...[dollars("cost"), dollars("charge")],
    ],
    where: THIS_MONTH,
    order: "charge_usd DESC",
  },
  {
    name: "keys with the highest charges",
    description: "The hundred keys that were charged most this month.",
    by: ["project_id", "key_id", "user_id", "service_account_id"],
    of: [REQUESTS, dollars("charge")],
    where: THIS_MONTH,
    order: "charge_usd DESC",
    limit: 100,
  },
  {
    name: "failures by model and hour",
    description: "Responses with a status of 400 or more, by model, status and hour of the last 30 days.",
    by: ["day", "hour", "model", "target", "status"],
    of: [REQUESTS],
    where: `${LAST_30_DAYS} AND status >= 400`,
    order: "day DESC, hour DESC, requests DESC",
  },
  {
    name: "times by model",
    description: "Milliseconds until the first token and until the end of a response, by model, of the last 30 days.",
    by: ["model", "target"],
    of: [REQUESTS, ...percentiles("first_token_ms"), ...percentiles("duration_ms")],
    where: `${LAST_30_DAYS} AND status < 400`,
    order: "requests DESC",
  },
  {
    name: "cached share of prompts",
    description: "The share of prompt tokens that providers read from their cache, by model, of the last 30 days.",
    by: ["model", "target"],
    of: [
      "sum(input_tokens) AS input_tokens",
      "CAST(sum(input_cached_tokens) AS double) / nullif(sum(input_tokens), 0) AS cached_share",
    ],
    where: LAST_30_DAYS,
    order: "input_tokens DESC",
  },
  {
    name: "streams that clients left",
    description: "Streams of the last 30 days that ended early, and what they were charged.",
    by: ["day", "project_id", "model"],
    of: ["count(*) AS streams", dollars("charge")],
    where: `${LAST_30_DAYS} AND is_stream AND is_aborted`,
    order: "day DESC, charge_usd DESC",
  },
];

function dollars(amount: "charge" | "cost"): string {
  return `sum(${amount}_nano_usd) / 1e9 AS ${amount}_usd`;
}

function percentiles(column: string): readonly string[] {
  return [50, 95, 99].map((percent) => `approx_percentile(${column}, ${percent / 100}) AS ${column}_p${percent}`);
}

/** The named queries of the workgroup. @param table the table of usage events, with its database */
export function usageQueries(table: string): readonly UsageQuery[] {
  return QUERIES.map(({ name, description, by, of, where, order, limit }) => {
    const lines = [
      `SELECT ${[...by, ...of].join(",\n  ")}`,
      `FROM ${table}`,
      `WHERE ${where}`,
      `GROUP BY ${by.join(", ")}`,
      `ORDER BY ${order}`,
      ...(limit === undefined ? [] : [`LIMIT ${limit}`]),
    ];
    return { name, description, sql: lines.join("\n") };
  });
}
