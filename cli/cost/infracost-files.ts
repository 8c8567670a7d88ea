import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { infracostUsage } from "../../domain/cost/infracost-usage.ts";
import type { Usage } from "../../domain/cost/usage.ts";
import { asObject, isObject, type Json, type JsonObject } from "../../local/template/json.ts";
import { UserError } from "../terminal/user-error.ts";
import { hclBlock } from "./hcl.ts";

/** Sections that describe resources; the others are settings of OpenTofu. */
const SECTIONS = ["variable", "resource"] as const;

/**
 * All stacks of an environment as one HCL file, for Infracost: it reads nested blocks in HCL only, and neither
 * credentials nor a plan are needed.
 * @param stacks the synthesized documents, by stack
 * @throws when two stacks have a resource of one address
 */
export function infracostSource(region: string, stacks: Readonly<Record<string, JsonObject>>): string {
  const blocks = [hclBlock(["provider", "aws"], { region })];
  const seen = new Map<string, string>();
  for (const [stack, document] of Object.entries(stacks)) {
    for (const { labels, body } of SECTIONS.flatMap((section) => blocksOf(document, section))) {
      const address = labels.join(".");
      const other = seen.get(address);
      if (other !== undefined) throw new Error(`${address} is in ${other} and in ${stack}; rename one of them.`);
      seen.set(address, stack);
      blocks.push(hclBlock(labels, body));
    }
  }
  return `${blocks.join("\n\n")}\n`;
}

interface SourceBlock {
  readonly labels: readonly [string, ...string[]];
  readonly body: JsonObject;
}

function blocksOf(document: JsonObject, section: (typeof SECTIONS)[number]): readonly SourceBlock[] {
  const entries = objectsOf(document[section]);
  if (section === "variable")
    // Only OpenTofu checks conditions; types without quotes are not JSON strings.
    return entries.flatMap(([name, { default: value }]) =>
      value === undefined ? [] : [{ labels: [section, name], body: { default: value } }],
    );
  return entries.flatMap(([type, named]) =>
    objectsOf(named).map(([name, body]): SourceBlock => ({ labels: [section, type, name], body })),
  );
}

function objectsOf(value: Json | undefined): readonly (readonly [string, JsonObject])[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => (isObject(item) ? [[name, item] as const] : []));
}

/**
 * All synthesized stacks of an environment, including the bootstrap stack, which has a cost too.
 * @throws {UserError} when there are none
 */
export function synthesizedDocuments(synthesized: string, environment: string): Readonly<Record<string, JsonObject>> {
  const root = join(synthesized, "stacks");
  // A stack's own name has no hyphen; an environment's may.
  const isOurs = (name: string) => name.slice(0, name.lastIndexOf("-")) === environment;
  const names = existsSync(root) ? readdirSync(root).filter(isOurs).sort() : [];
  if (names.length === 0)
    throw new UserError(`There is no stack named ${environment}-… under ${root}; run \`npm run synth\` first.`);
  return Object.fromEntries(
    names.map((name) => {
      const document: Json = JSON.parse(readFileSync(join(root, name, "cdk.tf.json"), "utf8"));
      return [name, asObject(document)];
    }),
  );
}

/** Infracost's usage file of an assumption about the callers. */
export function infracostUsageText(usage: Usage): string {
  const lines = Object.entries(infracostUsage(usage)).flatMap(([address, quantities]) => [
    `  ${address}:`,
    ...Object.entries(quantities).flatMap(([name, quantity]) =>
      typeof quantity === "number"
        ? [`    ${name}: ${figure(quantity)}`]
        : [`    ${name}:`, ...Object.entries(quantity).map(([key, value]) => `      ${key}: ${figure(value)}`)],
    ),
  ]);
  return [
    "# The forecast's default usage, for Infracost. Written by a test: `npx vitest run cli/cost -u`.",
    "version: 0.1",
    "resource_usage:",
    ...lines,
    "",
  ].join("\n");
}

function figure(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Infracost's settings: one project for each environment, with paths from the project's folder. */
function infracostSettings(environments: readonly string[]): string {
  const projects = environments.flatMap((name) => [
    `  - path: cdktf.out/infracost/${name}`,
    `    name: ${name}`,
    "    usage_file: infracost-usage.yml",
  ]);
  return ["version: 0.1", "projects:", ...projects, ""].join("\n");
}

/** Writes `infracost.yml` and `<environment>/main.tf` into a folder, and replaces what is in it. */
export function writeInfracostFiles(folder: string, sources: Readonly<Record<string, string>>): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "infracost.yml"), infracostSettings(Object.keys(sources)));
  for (const [environment, source] of Object.entries(sources)) {
    mkdirSync(join(folder, environment), { recursive: true });
    writeFileSync(join(folder, environment, "main.tf"), source);
  }
}
