import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LocalState } from "../contracts/local-state.ts";
import { keysTableName } from "../contracts/names.ts";
import { loadEnvironment } from "../environments/load.ts";
import { UserError } from "./user-error.ts";

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

const project = join(import.meta.dirname, "..");

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
  const state = localState();
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

function localState(): LocalState | undefined {
  try {
    const state = LocalState.parse(JSON.parse(readFileSync(join(project, ".sluice", "local.json"), "utf8")));
    const twin = state.processes.find(({ role }) => role === "twin");
    process.kill(twin?.pid ?? 0, 0);
    return state;
  } catch {
    return undefined;
  }
}
