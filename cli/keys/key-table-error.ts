import { UserError } from "../terminal/user-error.ts";
import type { KeysPlace } from "./key-table.ts";

type Place = Pick<KeysPlace, "environment" | "table" | "region" | "endpoint">;

/** What the user can mend of AWS's errors, by the name that the SDK gives them. */
const REMEDIES: Readonly<Record<string, (place: Place) => string>> = {
  CredentialsProviderError: () => "There are no AWS credentials; set AWS_PROFILE, or log in (`aws sso login`).",
  ExpiredTokenException: () => "Your AWS credentials have expired; log in again.",
  UnrecognizedClientException: () => "AWS does not know your credentials; check AWS_PROFILE, or log in again.",
  AccessDeniedException: ({ table, region }) =>
    `Your AWS identity may not use the table ${table} in ${region}; it needs dynamodb:PutItem, UpdateItem and Scan on it.`,
  ResourceNotFoundException: ({ environment, table, region, endpoint }) =>
    endpoint === undefined
      ? `There is no table ${table} in ${region}; deploy ${environment} first, or check the account that AWS_PROFILE names.`
      : `The local stack has no table ${table}; stop it and run \`npm start\` again.`,
};

/** An error of the SDK as one that tells the user what to do; any other error as it is. */
export function explainedAwsError(error: unknown, place: Place): unknown {
  if (!(error instanceof Error)) return error;
  const remedy = Object.hasOwn(REMEDIES, error.name) ? REMEDIES[error.name] : undefined;
  if (remedy) return new UserError(remedy(place));
  const code = "code" in error ? String(error.code) : "";
  if (!/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH)$/.test(code)) return error;
  return new UserError(
    `Can't reach DynamoDB at ${place.endpoint ?? place.region} (${code}); check the network, or that the stack runs.`,
  );
}
