import { arnOf, appliedName as nameOf } from "../../../domain/aws-resources/arns.ts";
import { type Block, resources, type SynthesizedStack } from "../../../test-support/synth.ts";
import { ACCOUNT } from "../../tools/emulators.ts";

type Stacks = Readonly<Record<string, SynthesizedStack>>;

/** Suffix that AWS's provider adds to a name's prefix, and ids that AWS chooses. */
const SUFFIX = "20261128141829486700000001";
const ID = "some-id";

/** The name that a resource has once it is applied. */
export function appliedName(block: Block): string {
  return nameOf(block, SUFFIX);
}

/**
 * A text of a stack with the values that its references have once all stacks are applied.
 * @throws for a reference to an attribute that is not known here
 */
export function resolveReferences(text: string, stack: string, stacks: Stacks): string {
  return text.replaceAll(/\$\{([^{}]+)\}/g, (_, reference: string) => valueOfReference(reference, stack, stacks));
}

function valueOfReference(reference: string, stack: string, stacks: Stacks): string {
  const parts = reference.split(".");
  if (parts[1] === "aws_caller_identity") return ACCOUNT;
  if (parts[1] === "terraform_remote_state") {
    const other = parts[2]?.replace("cross-stack-reference-input-", "") ?? "";
    return resolveReferences(String(stacks[other]?.output?.[parts[4] ?? ""]?.value), other, stacks);
  }
  const [type = "", id = "", attribute = ""] = parts;
  const block = resources(stacks[stack], type)[id];
  if (block === undefined) throw new Error(`${stack}: there is no ${type}.${id} for \${${reference}}`);
  const name = resolveReferences(appliedName(block), stack, stacks);
  if (attribute === "arn") {
    const own = type === "aws_kms_key" && id.startsWith("State_") ? "some-state-key" : ID;
    return arnOf(type, { name, region: regionOf(stacks[stack]), account: ACCOUNT, id: own });
  }
  if (/^(name|bucket|id|key)$/.test(attribute)) return String(attribute === "key" ? block.key : name);
  throw new Error(`${stack}: no value is known for \${${reference}}; add it to resolve-references.ts`);
}

function regionOf(stack: SynthesizedStack | undefined): string {
  return String(stack?.provider?.aws?.[0]?.region);
}
