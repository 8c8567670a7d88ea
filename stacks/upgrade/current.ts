import { openApiDocument } from "../../contracts/openapi/document.ts";
import type { Environment } from "../../settings/environment.ts";
import { type ApiContract, apiContract } from "./api-contract.ts";
import { type RecordedStack, recordedStack, type SynthesizedParts } from "./recorded-resources.ts";

/** The contract of this version. Keys are required wherever they can be: the strictest form of the API. */
export function currentApi(): ApiContract {
  return apiContract(openApiDocument({ auth: "required", controlApi: true }));
}

/** The record of each of an environment's stacks, by name. */
export function currentStacks(
  environment: Environment,
  stacks: Readonly<Record<string, SynthesizedParts>>,
): Readonly<Record<string, RecordedStack>> {
  const { state } = environment;
  const own = { "state.bucket": state.bucket, "state.lockTable": state.lockTable };
  return Object.fromEntries(Object.entries(stacks).map(([name, stack]) => [name, recordedStack(stack, own)]));
}
