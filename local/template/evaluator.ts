import { type Expression, parseTemplate } from "./expression.ts";
import { FUNCTIONS } from "./functions.ts";
import { asText, isObject, type Json, type JsonObject } from "./json.ts";
import { type RawResource, rawResources, type Stack, stateKey } from "./stacks.ts";

/** The attributes of a resource for references beyond its own configuration (what AWS would have computed). */
export type AttributeSource = (resource: RawResource) => JsonObject;

export interface EvaluatorOptions {
  readonly stacks: readonly Stack[];
  /** Attributes computed by AWS, by resource. */
  readonly attributes: AttributeSource;
  /** Values of OpenTofu variables; they win over defaults. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Resolves the expressions of synthesized stacks: references (across stacks too), variables, functions. */
export class Evaluator {
  readonly #options: EvaluatorOptions;
  readonly #resources = new Map<string, RawResource>();
  readonly #inProgress = new Set<string>();

  constructor(options: EvaluatorOptions) {
    this.#options = options;
    for (const stack of options.stacks)
      for (const section of ["resource", "data"] as const)
        for (const resource of rawResources(stack, section))
          this.#resources.set(`${stack.name}/${section}.${resource.address}`, resource);
  }

  /** The configuration of a resource with every expression resolved. */
  config(resource: RawResource): JsonObject {
    const entries = Object.entries(resource.config).filter(([key]) => !META_ARGUMENTS.has(key));
    return Object.fromEntries(entries.map(([key, value]) => [key, this.value(value ?? null, resource.stack)]));
  }

  /** Any value of a stack with its expressions resolved. */
  value(value: Json, stack: Stack): Json {
    if (typeof value === "string") return /[$%]\{/.test(value) ? this.#evaluate(parseTemplate(value), stack) : value;
    if (Array.isArray(value)) return value.map((item: Json) => this.value(item, stack));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.value(item ?? null, stack)]));
  }

  #evaluate(expression: Expression, stack: Stack): Json {
    switch (expression.kind) {
      case "literal":
        return expression.value;
      case "template":
        return expression.parts.map((part) => asText(this.#evaluate(part, stack))).join("");
      case "list":
        return expression.items.map((item) => this.#evaluate(item, stack));
      case "object":
        return Object.fromEntries(
          expression.entries.map(([key, item]) => [asText(this.#evaluate(key, stack)), this.#evaluate(item, stack)]),
        );
      case "access":
        return select(this.#evaluate(expression.target, stack), [asText(this.#evaluate(expression.key, stack))]);
      case "call": {
        const call = Object.hasOwn(FUNCTIONS, expression.name) ? FUNCTIONS[expression.name] : undefined;
        if (!call) throw new Error(`The twin does not know the function ${expression.name}(); add it to functions.ts.`);
        return call(expression.args.map((argument) => this.#evaluate(argument, stack)));
      }
      case "reference":
        return this.#reference(expression.path, stack);
    }
  }

  #reference(path: readonly string[], stack: Stack): Json {
    const [head = "", second = "", third = "", ...rest] = path;
    if (head === "var") return select(this.#variable(second, stack), path.slice(2));
    if (head === "local") return select(this.#local(second, stack), path.slice(2));
    if (head === "data" && second === "terraform_remote_state") return this.#remoteState(third, rest, stack);
    const section = head === "data" ? "data" : "resource";
    const [type, name, attribute, deeper] =
      section === "data" ? [second, third, rest[0] ?? "", rest.slice(1)] : [head, second, third, rest];
    const resource = this.#resources.get(`${stack.name}/${section}.${type}.${name}`);
    if (!resource) throw new Error(`${stack.name}: nothing is called ${path.join(".")}.`);
    return this.#attribute(resource, attribute, deeper);
  }

  #attribute(resource: RawResource, attribute: string, deeper: readonly string[]): Json {
    const key = `${resource.stack.name}/${resource.address}.${attribute}`;
    if (this.#inProgress.has(key)) throw new Error(`${key} refers to itself.`);
    this.#inProgress.add(key);
    try {
      const computed = this.#options.attributes(resource)[attribute];
      if (computed !== undefined) return select(computed, deeper);
      const configured = resource.config[attribute];
      if (configured !== undefined) return select(this.value(configured, resource.stack), deeper);
      throw new Error(
        `The twin does not know the attribute ${attribute} of ${resource.type} (${resource.stack.name}).`,
      );
    } finally {
      this.#inProgress.delete(key);
    }
  }

  #local(name: string, stack: Stack): Json {
    const locals = stack.document.locals;
    const declared = isObject(locals) ? locals[name] : undefined;
    if (declared === undefined) throw new Error(`${stack.name}: there is no local value ${name}.`);
    return this.value(declared, stack);
  }

  #variable(name: string, stack: Stack): Json {
    const set = this.#options.variables[name];
    const declared = isObject(stack.document.variable) ? stack.document.variable[name] : undefined;
    if (!isObject(declared)) throw new Error(`${stack.name}: there is no variable ${name}.`);
    if (set !== undefined) return typed(name, set, declared.type);
    if (declared.default !== undefined) return declared.default;
    // An operator must set it on AWS (a certificate, say); the twin does not read it.
    return `local-${name}`;
  }

  #remoteState(name: string, path: readonly string[], stack: Stack): Json {
    const state = this.#resources.get(`${stack.name}/data.terraform_remote_state.${name}`);
    const config = state && isObject(state.config.config) ? state.config.config : {};
    const producer = this.#options.stacks.find((candidate) => stateKey(candidate) === config.key);
    const [section, output = "", ...rest] = path;
    const outputs = producer?.document.output;
    const declared = isObject(outputs) ? outputs[output] : undefined;
    if (section !== "outputs" || !producer || !isObject(declared) || declared.value === undefined)
      throw new Error(`${stack.name}: no stack here has the output ${output} (state ${String(config.key)}).`);
    return select(this.value(declared.value, producer), rest);
  }
}

/** The text of a `TF_VAR_…` as OpenTofu reads it: numbers, booleans, and JSON for lists and objects. */
function typed(name: string, text: string, type: Json | undefined): Json {
  if (type === undefined || type === "string" || type === "any") return text;
  const wrong = () => new Error(`TF_VAR_${name} must be a ${String(type)}, got "${text}"; correct it or unset it.`);
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong();
  }
  if ((type === "number" && typeof value !== "number") || (type === "bool" && typeof value !== "boolean"))
    throw wrong();
  return value;
}

/** Arguments for OpenTofu itself, not for the provider. */
const META_ARGUMENTS = new Set([
  "lifecycle",
  "depends_on",
  "provider",
  "count",
  "for_each",
  "provisioner",
  "connection",
]);

function select(value: Json, path: readonly string[]): Json {
  return path.reduce<Json>((current, key) => {
    if (Array.isArray(current)) return current[Number(key)] ?? null;
    // Terraform lists of one block are objects in CDKTF's JSON: index 0 is the block itself.
    if (isObject(current)) return key === "0" && !("0" in current) ? current : (current[key] ?? null);
    return null;
  }, value);
}
