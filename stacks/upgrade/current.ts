import { openApiDocument } from "../../contracts/openapi/document.ts";
import type { Environment } from "../../environments/schema.ts";
import { type ApiContract, apiContract } from "./api-contract.ts";
import { type KeptStack, keptStack, type SynthesizedParts } from "./kept-resources.ts";

/** The contract as it stands. A key is asked for wherever it can be: the strictest that callers meet. */
export function currentApi(): ApiContract {
  return apiContract(openApiDocument({ auth: "required" }));
}

/** What is kept of each of an environment's stacks, by name. */
export function currentStacks(
  environment: Environment,
  stacks: Readonly<Record<string, SynthesizedParts>>,
): Readonly<Record<string, KeptStack>> {
  const { state } = environment;
  const own = { "state.bucket": state.bucket, "state.lockTable": state.lockTable };
  return Object.fromEntries(Object.entries(stacks).map(([name, stack]) => [name, keptStack(stack, own)]));
}
