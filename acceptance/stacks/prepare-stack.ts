import { asObject, blocks, isObject, type Json, type JsonObject } from "../../local/template/json.ts";
import { DROPS, VALUES } from "../known-gaps.ts";
import { ACCOUNT } from "../tools/emulators.ts";
import type { ProviderSchema } from "../tools/provider-schema.ts";
import { dropUnknown } from "./drop-unknown.ts";

export interface PrepareProps {
  /** Name of the stack, for messages. */
  readonly name: string;
  readonly schema: ProviderSchema;
  /** Address of the AWS proxy. */
  readonly url: string;
}

/**
 * A copy of a synthesized stack for the testbed: backend and remote states use the AWS proxy, and attributes
 * and types that the testbed's provider does not support are omitted.
 * @throws when one is omitted that `known-gaps.ts` does not list
 */
export function prepareStack(document: JsonObject, { name, schema, url }: PrepareProps): JsonObject {
  const { document: known, dropped } = dropUnknown(document, schema);
  const unexplained = dropped.filter((path) => !DROPS.some(({ what }) => what === path));
  if (unexplained.length > 0)
    throw new Error(
      `${name} sets ${unexplained.join(", ")}, which AWS provider ${schema.version} does not support; correct the name, or if a ` +
        "newer provider has it, list it in acceptance/known-gaps.ts with the tests that cover it instead.",
    );
  const terraform = asObject(known.terraform);
  const backend = asObject(terraform.backend ?? {});
  return {
    ...replaceValues(known, schema.version),
    terraform: {
      ...terraform,
      required_providers: { aws: { source: "hashicorp/aws", version: schema.version } },
      ...(isObject(backend.s3) ? { backend: { s3: { ...backend.s3, ...stateSettings(url) } } } : {}),
    },
    provider: {
      aws: blocks(asObject(known.provider ?? {}).aws).map((block) => ({
        ...block,
        ...PROVIDER_SETTINGS,
      })),
    },
    ...(isObject(known.data) ? { data: redirectRemoteStates(known.data, url) } : {}),
  };
}

/** Credentials that no account has, and no look-up of others. */
const CREDENTIALS = {
  access_key: ACCOUNT,
  secret_key: "proof",
  skip_credentials_validation: true,
  skip_region_validation: true,
} as const;

/** Location and form of a state on the testbed. */
export function stateSettings(url: string): JsonObject {
  return {
    ...CREDENTIALS,
    skip_metadata_api_check: true,
    skip_requesting_account_id: true,
    use_path_style: true,
    endpoints: { s3: url, dynamodb: url, sts: url, iam: url },
  };
}

/** The provider's services are at the address that its environment names: see `Tofu.at`. */
const PROVIDER_SETTINGS = {
  ...CREDENTIALS,
  skip_metadata_api_check: "true",
  s3_use_path_style: true,
  max_retries: 2, // a retry does not change an emulator's error
} as const;

function redirectRemoteStates(data: JsonObject, url: string): JsonObject {
  if (!isObject(data.terraform_remote_state)) return data;
  const states = Object.entries(data.terraform_remote_state).map(([name, state]) => {
    const { config, ...rest } = asObject(state);
    return [name, rest.backend === "s3" ? { ...rest, config: { ...asObject(config), ...stateSettings(url) } } : state];
  });
  return { ...data, terraform_remote_state: Object.fromEntries(states) };
}

/** Replaces a value that AWS accepts and the older provider refuses. */
function replaceValues(document: JsonObject, version: string): JsonObject {
  const gaps = VALUES.filter(({ acceptedFrom }) => version.localeCompare(acceptedFrom, "en", { numeric: true }) < 0);
  const resource = { ...asObject(document.resource ?? {}) };
  for (const { type, attribute, value, instead } of gaps) {
    const instances = resource[type];
    if (!isObject(instances)) continue;
    resource[type] = Object.fromEntries(
      Object.entries(instances).map(([id, body]): [string, Json] => {
        const config = asObject(body);
        return [id, config[attribute] === value ? { ...config, [attribute]: instead } : config];
      }),
    );
  }
  return { ...document, resource };
}
