import { UserError } from "../terminal/user-error.ts";
import type { KeyTable } from "./key-table.ts";

type Table = Pick<KeyTable, "environment" | "table" | "region" | "endpoint">;

/** Remedies for AWS's errors, by the name that the SDK uses. */
const REMEDIES: Readonly<Record<string, (table: Table) => string>> = {
  CredentialsProviderError: () => "No AWS credentials were found; set AWS_PROFILE, or log in (`aws sso login`).",
  ExpiredTokenException: () => "Your AWS credentials have expired; log in again.",
  UnrecognizedClientException: () => "AWS does not know your credentials; check AWS_PROFILE, or log in again.",
  AccessDeniedException: ({ table, region }) =>
    `Your AWS identity may not use the table ${table} in ${region}; it needs dynamodb:GetItem, PutItem, UpdateItem and Scan on it.`,
  ResourceNotFoundException: ({ environment, table, region, endpoint }) =>
    endpoint === undefined
      ? `There is no table ${table} in ${region}; deploy ${environment} first, or check the account that AWS_PROFILE names.`
      : `The local stack has no table ${table}; stop it and run \`npm start\` again.`,
};

/** Explains an error of the SDK, with a remedy; returns any other error as it is. */
export function keyTableError(error: unknown, table: Table): unknown {
  if (!(error instanceof Error)) return error;
  const remedy = Object.hasOwn(REMEDIES, error.name) ? REMEDIES[error.name] : undefined;
  if (remedy) return new UserError(remedy(table));
  const code = "code" in error ? String(error.code) : "";
  if (!/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH)$/.test(code)) return error;
  return new UserError(
    `Can't reach DynamoDB at ${table.endpoint ?? table.region} (${code}); check the network, and that the local stack runs.`,
  );
}
