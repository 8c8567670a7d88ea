import compile from "icu-minify/compile";
import type { BuildPlugin, ESTree } from "../ui/build-page.ts";

const CALL = /\bdefineMessages\(/;
/** Where `defineMessages` itself is. */
const DEFINITION = "/src/i18n/messages.ts";

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Compiles the texts of `defineMessages(…)` from ICU's message format to the form that use-intl shows without a parser, which browsers then
 * need not load. A text that is not written out, or that the format does not permit, ends the build with its file.
 */
export function compileMessages(): BuildPlugin {
  return {
    name: "compile-messages",
    transform(code, id) {
      if (!CALL.test(code) || id.endsWith(DEFINITION)) return;
      const replacements = callsIn(this.parse(code)).flatMap(({ arguments: languages }) =>
        languages.flatMap((language) => compiledTexts(language, id)),
      );
      return { code: replaced(code, replacements), map: null };
    },
  };
}

function compiledTexts(language: ESTree.Node, file: string): readonly Replacement[] {
  if (language.type !== "ObjectExpression")
    throw new Error(`${file}: defineMessages() takes objects that are written out.`);
  return language.properties.map((property) => {
    const value = property.type === "Property" ? property.value : undefined;
    const text = value === undefined ? undefined : literal(value);
    if (value === undefined || text === undefined) {
      throw new Error(`${file}: each text of defineMessages() is a string that is written out.`);
    }
    return { start: value.start, end: value.end, text: JSON.stringify(compiled(text, file)) };
  });
}

function compiled(text: string, file: string): unknown {
  try {
    return compile(text);
  } catch (error) {
    throw new Error(`${file}: "${text}" is no message: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function literal(node: ESTree.Node): string | undefined {
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  const isPlain = node.type === "TemplateLiteral" && node.expressions.length === 0;
  return isPlain ? (node.quasis[0]?.value.cooked ?? undefined) : undefined;
}

/** Calls of `defineMessages`, wherever in the module they stand. */
function callsIn(node: unknown): readonly ESTree.CallExpression[] {
  if (Array.isArray(node)) return node.flatMap(callsIn);
  if (typeof node !== "object" || node === null) return [];
  const within = Object.values(node).flatMap(callsIn);
  return isCall(node) ? [node, ...within] : within;
}

function isCall(node: object): node is ESTree.CallExpression {
  if (!("type" in node) || node.type !== "CallExpression") return false;
  const { callee } = node as ESTree.CallExpression;
  return callee.type === "Identifier" && callee.name === "defineMessages";
}

function replaced(code: string, replacements: readonly Replacement[]): string {
  return replacements
    .toSorted((a, b) => b.start - a.start)
    .reduce((text, { start, end, text: value }) => text.slice(0, start) + value + text.slice(end), code);
}
