import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asObject, type JsonObject } from "../../local/template/json.ts";
import { parseObject } from "../aws-calls/call.ts";
import type { Tofu } from "./tofu.ts";

/** A provider's blocks and attributes, from `tofu providers schema -json`. */
export interface ProviderSchema {
  readonly version: string;
  /** Path of its file. */
  readonly file: string;
  /** Type → block. */
  readonly resources: JsonObject;
  readonly dataSources: JsonObject;
}

/** The provider's schema, read once per version: it takes 10 s and 14 MB. */
export async function providerSchema(tofu: Tofu, cache: string): Promise<ProviderSchema> {
  const version = tofu.providerVersion;
  const folder = join(cache, `schema-${version}`);
  const file = join(folder, "schema.json");
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const required = { aws: { source: "hashicorp/aws", version } };
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: required } }));
    for (const args of [["init"], ["providers", "schema", "-json"]]) {
      const { code, output } = await tofu.run(folder, args);
      if (code !== 0) throw new Error(`tofu ${args.join(" ")} failed in ${folder}:\n${output}`);
      if (args[0] === "providers") writeFileSync(file, output.trim());
    }
  }
  return readProviderSchema(version, file);
}

/** A schema that an earlier run has read. */
export function readProviderSchema(version: string, file: string): ProviderSchema {
  const [schema] = Object.values(asObject(parseObject(readFileSync(file, "utf8")).provider_schemas));
  const { resource_schemas, data_source_schemas } = asObject(schema);
  return {
    version,
    file,
    resources: asObject(resource_schemas),
    dataSources: asObject(data_source_schemas),
  };
}
