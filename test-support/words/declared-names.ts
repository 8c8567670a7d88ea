import { parseAst } from "vite";

type Node = Readonly<Record<string, unknown>>;

/** Kinds of nodes whose `id` or `key` is a name that this file chooses. */
const DECLARATIONS: Readonly<Record<string, "id" | "key">> = {
  FunctionDeclaration: "id",
  FunctionExpression: "id",
  ClassDeclaration: "id",
  VariableDeclarator: "id",
  TSInterfaceDeclaration: "id",
  TSTypeAliasDeclaration: "id",
  MethodDefinition: "key",
  PropertyDefinition: "key",
  AccessorProperty: "key",
  TSPropertySignature: "key",
  TSMethodSignature: "key",
};

/**
 * The names that a file declares: functions, classes, types, variables, parameters, members. Keys of object literals
 * and quoted names are not among them: they are often a wire's, or AWS's.
 */
export function declaredNames(path: string, text: string): readonly string[] {
  const lang = path.endsWith("x") ? "tsx" : path.endsWith(".ts") ? "ts" : "js";
  const names = new Set<string>();
  const open: unknown[] = [parseAst(text, { lang })];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (Array.isArray(node)) open.push(...node);
    if (!isNode(node)) continue;
    const field = DECLARATIONS[String(node.type)];
    if (field !== undefined) for (const name of boundNames(node[field])) names.add(name);
    if (Array.isArray(node.params))
      for (const parameter of node.params) for (const name of boundNames(parameter)) names.add(name);
    open.push(...Object.values(node));
  }
  return [...names];
}

/** Of a pattern, the variables that it makes; of a name, the name. */
function boundNames(node: unknown): readonly string[] {
  if (!isNode(node)) return [];
  switch (node.type) {
    case "Identifier":
    case "PrivateIdentifier":
      return [String(node.name)];
    case "ObjectPattern":
      return listOf(node.properties).flatMap((property) =>
        boundNames(isNode(property) ? (property.value ?? property.argument) : undefined),
      );
    case "ArrayPattern":
      return listOf(node.elements).flatMap(boundNames);
    case "AssignmentPattern":
      return boundNames(node.left);
    case "RestElement":
      return boundNames(node.argument);
    case "TSParameterProperty":
      return boundNames(node.parameter);
    default:
      return [];
  }
}

/** The parts of a name in small letters: `readHTTPBody2` is read, http, body, 2. */
export function partsOf(name: string): readonly string[] {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((part) => part.toLowerCase());
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
