import { asObject, asText, isObject, type Json, type JsonObject } from "../../local/template/json.ts";

/** One resource or data source of a state. */
export interface StateResource {
  /** As OpenTofu writes it: `aws_sqs_queue.Main`, `data.aws_ami.Engine`, `aws_subnet.Private[0]`. */
  readonly address: string;
  /** Its creation was interrupted: the next apply would replace it. */
  readonly isTainted: boolean;
  readonly attributes: JsonObject;
}

/**
 * The resources of the root module in a state file of version 4, which `tofu state pull` prints. Unlike `tofu show -json` it
 * needs no schema, and so starts no provider (2 s of CPU time).
 * @throws where the state is of another version
 */
export function stateResources(state: JsonObject): readonly StateResource[] {
  if (state.version !== 4) throw new Error(`a state of version 4 is expected, this one has ${String(state.version)}`);
  return objects(state.resources).flatMap((resource) =>
    objects(resource.instances).map((instance) => ({
      address: `${addressOf(resource)}${indexText(instance.index_key)}`,
      isTainted: instance.status === "tainted",
      attributes: asObject(instance.attributes),
    })),
  );
}

function addressOf({ mode, type, name }: JsonObject): string {
  const address = `${asText(type)}.${asText(name)}`;
  return mode === "data" ? `data.${address}` : address;
}

function indexText(key: Json | undefined): string {
  return key === undefined ? "" : `[${JSON.stringify(key)}]`;
}

function objects(list: Json | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}
