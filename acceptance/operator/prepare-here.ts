import { readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { asText } from "../../local/template/json.ts";
import { parseObject } from "../aws-calls/call.ts";
import { prepareStack } from "../stacks/prepare-stack.ts";
import { readProviderSchema } from "../tools/provider-schema.ts";

/** Run by the testbed's `tofu` before the real one: adapts the stack of a folder to the testbed, in place. */
const [settingsFile = "", folder = "."] = process.argv.slice(2);
const { url, version, schema } = parseObject(readFileSync(settingsFile, "utf8"));
const file = join(folder, "cdk.tf.json");
const document = parseObject(readFileSync(file, "utf8"));
const prepared = prepareStack(document, {
  name: basename(resolve(folder)),
  url: asText(url),
  schema: readProviderSchema(asText(version), asText(schema)),
});
writeFileSync(file, JSON.stringify(prepared, undefined, 1));
