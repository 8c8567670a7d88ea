import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { App, TerraformStack } from "cdktf";

/** A block of synthesized JSON; tests look at a plan's values, so it has no closer type. */
// biome-ignore lint/suspicious/noExplicitAny: the provider's schema is not known here
export type Block = Record<string, any>;

/** One parsed `cdk.tf.json`. */
export interface SynthesizedStack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly output?: Readonly<Record<string, Block>>;
  readonly variable?: Readonly<Record<string, Block>>;
  readonly locals?: Readonly<Record<string, string>>;
  readonly provider?: Readonly<Record<string, readonly Block[]>>;
  readonly terraform?: Block;
}

/** Synthesizes with the real `app.synth()`, validations and annotations included, and parses every stack. */
export function synthApp(build: (app: App) => void): Readonly<Record<string, SynthesizedStack>> {
  return Object.fromEntries(
    Object.entries(synthTexts(build)).map(([name, text]) => {
      const stack: SynthesizedStack = JSON.parse(text);
      return [name, stack];
    }),
  );
}

/** The same, as the text of each stack's file. */
export function synthTexts(build: (app: App) => void): Readonly<Record<string, string>> {
  const outdir = mkdtempSync(join(tmpdir(), "sluice-synth-"));
  try {
    const app = new App({ outdir, stackTraces: false });
    build(app);
    app.synth();
    const stacks = readdirSync(join(outdir, "stacks")).sort();
    return Object.fromEntries(
      stacks.map((name) => [name, readFileSync(join(outdir, "stacks", name, "cdk.tf.json"), "utf8")]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Synthesizes constructs in a stack of their own, which has the AWS provider. */
export function synthConstruct(build: (stack: TerraformStack) => void): SynthesizedStack {
  const { test: stack } = synthApp((app) => {
    const scope = new TerraformStack(app, "test");
    new AwsProvider(scope, "Aws", { region: "us-east-1" });
    build(scope);
  });
  if (!stack) throw new Error("The stack was not synthesized");
  return stack;
}

/** Resources of one type by name. Empty when there are none. */
export function resources(stack: SynthesizedStack | undefined, type: string): Readonly<Record<string, Block>> {
  return stack?.resource?.[type] ?? {};
}

/**
 * The only resource of a type.
 * @throws when there is none or more than one
 */
export function only(stack: SynthesizedStack | undefined, type: string): Block {
  const [first, ...rest] = Object.values(resources(stack, type));
  if (!first || rest.length > 0)
    throw new Error(`Expected one ${type}, found ${first ? rest.length + 1 : 0}; look at typeCounts(stack)`);
  return first;
}

/** How many resources of each type there are, sorted by type: the first thing to assert. */
export function typeCounts(stack: SynthesizedStack | undefined): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(stack?.resource ?? {})
      .map(([type, byName]): [string, number] => [type, Object.keys(byName).length])
      .sort(([a], [b]) => a.localeCompare(b)),
  );
}

/** Every resource as `type.name`, sorted. */
export function addresses(stack: SynthesizedStack | undefined): readonly string[] {
  return Object.entries(stack?.resource ?? {})
    .flatMap(([type, byName]) => Object.keys(byName).map((name) => `${type}.${name}`))
    .sort();
}

/** The statements of a policy that is written as JSON text. */
export function statements(policyJson: string): readonly Block[] {
  return JSON.parse(policyJson).Statement;
}
