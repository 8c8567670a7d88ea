import type { OpenApiDocument } from "../../contracts/openapi/document.ts";
import { isRecord } from "../../lib/is-record.ts";
import type { UpgradeProblem } from "./problem.ts";

/** Fields by path (`messages[].role`), each with its types: `"user"|"system"`, `integer|null`; `!` where required. */
type Shape = Readonly<Record<string, string>>;

export interface ApiContract {
  readonly operations: Readonly<
    Record<string, { readonly request?: string; readonly response: string; readonly statuses: string }>
  >;
  /** Shapes of request bodies. */
  readonly requests: Readonly<Record<string, Shape>>;
  /** Shapes of responses, of events and errors too. */
  readonly responses: Readonly<Record<string, Shape>>;
}

type JsonObject = Readonly<Record<string, unknown>>;
const object = (value: unknown): JsonObject => (isRecord(value) ? value : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const REF = "#/components/schemas/";

/** The contract with callers, extracted from the published document. */
export function apiContract(document: OpenApiDocument): ApiContract {
  const schemas = object(document.components.schemas);
  const operations = Object.fromEntries(
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => {
        const { requestBody, responses } = object(operation);
        const request = schemaName(requestBody);
        return [
          `${method.toUpperCase()} ${path}`,
          {
            ...(request === undefined ? {} : { request }),
            response: schemaName(object(responses)["200"]) ?? "",
            statuses: Object.keys(object(responses)).sort().join(" "),
          },
        ] as const;
      }),
    ),
  );
  const sent = new Set(Object.values(operations).flatMap(({ request }) => request ?? []));
  const shapes = Object.entries(schemas).map(([name, schema]) => [name, shapeOf(schema, schemas)] as const);
  return {
    operations,
    requests: Object.fromEntries(shapes.filter(([name]) => sent.has(name))),
    responses: Object.fromEntries(shapes.filter(([name]) => !sent.has(name))),
  };
}

function schemaName(body: unknown): string | undefined {
  const schema = object(object(object(object(body).content)["application/json"]).schema);
  return typeof schema.$ref === "string" ? schema.$ref.slice(REF.length) : undefined;
}

function shapeOf(schema: unknown, schemas: JsonObject): Shape {
  const types = new Map<string, Set<string>>();
  const required = new Set<string>();
  const visit = (node: unknown, path: string, isRequired: boolean): void => {
    const resolved = object(node);
    if (typeof resolved.$ref === "string") return visit(schemas[resolved.$ref.slice(REF.length)], path, isRequired);
    const here = types.get(path) ?? new Set<string>();
    if (path !== "") types.set(path, here);
    if (isRequired) required.add(path);
    if (resolved.nullable === true) here.add("null");
    const choices = [...list(resolved.anyOf), ...list(resolved.oneOf), ...list(resolved.allOf)];
    for (const choice of choices) visit(choice, path, false);
    if (choices.length > 0) return;
    const values = list(resolved.enum).map((value) => JSON.stringify(value));
    for (const type of values.length > 0 ? values : [String(resolved.type ?? "any")]) here.add(type);
    const needed = list(resolved.required);
    for (const [name, field] of Object.entries(object(resolved.properties)))
      visit(field, path === "" ? name : `${path}.${name}`, needed.includes(name));
    if (resolved.items !== undefined) visit(resolved.items, `${path}[]`, false);
  };
  visit(schema, "", false);
  return Object.fromEntries(
    Array.from(types, ([path, all]) => [path, [...all].sort().join("|") + (required.has(path) ? "!" : "")]),
  );
}

/** Changes that break callers of the released API. */
export function apiProblems(released: ApiContract, current: ApiContract): readonly UpgradeProblem[] {
  const problems: UpgradeProblem[] = [];
  const add = (id: string, what: string, remedy: string) => problems.push({ id, text: `${what}. ${remedy}.` });
  for (const [name, before] of Object.entries(released.operations)) {
    const now = current.operations[name];
    if (now === undefined) {
      add(name, `${name} is in the last release and gone now`, "Keep it, and mark it deprecated for one release");
      continue;
    }
    const statuses = now.statuses.split(" ");
    for (const status of before.statuses.split(" ").filter((each) => !statuses.includes(each)))
      add(`${name} ${status}`, `${name} no longer declares the status ${status}`, "Callers handle it: keep it");
    const request = released.requests[before.request ?? ""] ?? {};
    requestProblems(name, request, current.requests[now.request ?? ""] ?? {}, add);
    responseProblems(name, released.responses[before.response] ?? {}, current.responses[now.response] ?? {}, add);
  }
  // No operation refers to the schemas of errors and stream events.
  const named = new Set(Object.values(released.operations).map(({ response }) => response));
  for (const [name, before] of Object.entries(released.responses).filter(([each]) => !named.has(each)))
    responseProblems(name, before, current.responses[name] ?? {}, add);
  return problems;
}

type Add = (id: string, what: string, remedy: string) => void;
const isRequired = (field: string | undefined) => field?.endsWith("!") === true;
const typesOf = (field: string) => field.replace(/!$/, "").split("|");
const parent = (path: string) => path.replace(/(\[\]|\.?[^.[\]]+)$/, "");
const isLiteral = (type: string) => /^["\d-]|^(true|false)$/.test(type);

/** Whether every value of the one type is also a value of one of the others. */
function isWithin(type: string, others: readonly string[]): boolean {
  if (others.includes(type) || others.includes("any")) return true;
  if (type === "integer") return others.includes("number");
  return type.startsWith('"') && others.includes("string");
}

function requestProblems(name: string, released: Shape, current: Shape, add: Add): void {
  for (const [path, before] of Object.entries(released)) {
    const now = current[path];
    const id = `${name} request ${path}`;
    if (now === undefined) {
      add(id, `${name} no longer accepts ${path}`, "Keep accepting it, without effect if necessary");
      continue;
    }
    const refused = typesOf(before).filter((type) => !isWithin(type, typesOf(now)));
    if (refused.length > 0)
      add(id, `${name} no longer accepts ${refused.join(" or ")} as ${path}`, "Keep accepting it");
  }
  for (const [path, now] of Object.entries(current)) {
    const isInNewObject = parent(path) !== "" && released[parent(path)] === undefined;
    if (isRequired(now) && !isRequired(released[path]) && !isInNewObject)
      add(`${name} request ${path} required`, `${name} needs ${path} now`, "Give it a default");
  }
}

function responseProblems(name: string, released: Shape, current: Shape, add: Add): void {
  for (const [path, before] of Object.entries(released)) {
    const now = current[path];
    const id = `${name} response ${path}`;
    if (now === undefined) add(id, `${name} no longer responds with ${path}`, "Keep it for one release");
    else if (isRequired(before) && !isRequired(now)) add(id, `${name} may omit ${path} now`, "Always send it");
    else {
      const strange = typesOf(now).filter((type) => !isLiteral(type) && !isWithin(type, typesOf(before)));
      if (strange.length > 0)
        add(id, `${path} of ${name} may be ${strange.join(" or ")} now`, "Use a new field for it");
    }
  }
}
