import { keysTableName } from "../../contracts/names.ts";
import { loadEnvironment } from "../../environments/load.ts";
import { workFolder } from "../../local/folders.ts";
import { readState } from "../../local/state-file.ts";
import { UserError } from "../terminal/user-error.ts";

/** Where an environment's keys are: the running local stack, or AWS. */
export interface KeysPlace {
  readonly environment: string;
  readonly table: string;
  readonly region: string;
  /** Address of the local DynamoDB; AWS's own when absent. */
  readonly endpoint?: string;
  /** Usage plans of the environment. */
  readonly plans: readonly string[];
}

export interface PlaceOptions {
  readonly environment?: string | undefined;
  readonly aws?: boolean | undefined;
}

/**
 * The local stack unless `--aws` is given.
 * @throws {UserError} when no local stack runs, or another environment's does
 */
export async function keysPlace({ environment, aws = false }: PlaceOptions): Promise<KeysPlace> {
  if (aws) {
    if (environment === undefined) throw new UserError("--aws needs --environment NAME: whose keys are meant?");
    const { region, plans } = await settingsOf(environment);
    return { environment, table: keysTableName(environment), region, plans };
  }
  const state = readState(workFolder(process.env));
  if (!state)
    throw new UserError(
      "No local stack runs in this clone; start it with `npm start`, or add --aws --environment NAME.",
    );
  if (environment !== undefined && environment !== state.environment)
    throw new UserError(
      `The local stack runs ${state.environment}, not ${environment}; leave --environment out, or add --aws.`,
    );
  const { plans } = await settingsOf(state.environment);
  return {
    environment: state.environment,
    table: state.keysTable,
    region: state.region,
    endpoint: state.awsUrl,
    plans,
  };
}

async function settingsOf(name: string): Promise<{ readonly region: string; readonly plans: readonly string[] }> {
  const environment = await loadEnvironment(name).catch((error: unknown) => {
    throw new UserError(error instanceof Error ? error.message : String(error));
  });
  return { region: environment.region, plans: Object.keys(environment.api.usagePlans) };
}
