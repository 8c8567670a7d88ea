import { controlTableName, keysTableName } from "../../contracts/processes/names.ts";
import { DEFAULT_ORGANIZATION } from "../../contracts/processes/people.ts";
import { loadEnvironment } from "../../environments/load.ts";
import { workFolder } from "../../local/folders.ts";
import { readState } from "../../local/state-file.ts";
import { type AwsAccess, accessTo } from "../operator/aws-access.ts";
import { UserError } from "../terminal/user-error.ts";
import type { ControlRecords } from "./revocation-notice.ts";

/** The DynamoDB table of an environment's keys, in the running local stack or on AWS. */
export interface KeyTable extends AwsAccess {
  readonly environment: string;
  readonly table: string;
  /** Names of the environment's usage plans. */
  readonly plans: readonly string[];
  /** Of the control API, which gives notice of revoked keys. @default - the environment has none */
  readonly control?: ControlRecords | undefined;
}

export interface KeyTableOptions {
  readonly environment?: string | undefined;
  readonly aws?: boolean | undefined;
}

/**
 * Finds the table of the local stack, or with `aws` that of a deployed environment.
 * @throws {UserError} when no local stack runs, or it runs another environment
 */
export async function findKeyTable({ environment, aws = false }: KeyTableOptions): Promise<KeyTable> {
  if (aws) {
    if (environment === undefined)
      throw new UserError("--aws needs --environment NAME, the environment that is meant.");
    const { name, access, ...settings } = await settingsOf(environment);
    return { environment: name, table: keysTableName(name), ...access, ...settings };
  }
  const state = readState(workFolder(process.env));
  if (!state)
    throw new UserError(
      "No local stack runs in this clone; start one with `npm start`, or add --aws --environment NAME.",
    );
  if (environment !== undefined && environment !== state.environment)
    throw new UserError(
      `The local stack runs ${state.environment}, not ${environment}; omit --environment, or add --aws.`,
    );
  const { plans, control } = await settingsOf(state.environmentFile ?? state.environment);
  return {
    environment: state.environment,
    table: state.keysTable,
    region: state.region,
    endpoint: state.awsUrl,
    plans,
    control,
  };
}

interface KeySettings extends Pick<KeyTable, "plans" | "control"> {
  readonly name: string;
  readonly access: AwsAccess;
}

async function settingsOf(nameOrFile: string): Promise<KeySettings> {
  const environment = await loadEnvironment(nameOrFile).catch((error: unknown) => {
    throw new UserError(error instanceof Error ? error.message : String(error));
  });
  const { name, api, identity } = environment;
  const organization = identity.people?.organization ?? DEFAULT_ORGANIZATION;
  const control = api.controlApi ? { table: controlTableName(name), organization } : undefined;
  return { name, access: accessTo(environment), plans: Object.keys(api.usagePlans), control };
}
