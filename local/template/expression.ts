/**
 * The part of OpenTofu's expression language that CDKTF writes: templates, references, function calls, literals,
 * indexing. Operators, conditionals and `for` are refused by name: the stacks do not use them.
 */
export type Expression =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "template"; readonly parts: readonly Expression[] }
  | { readonly kind: "reference"; readonly path: readonly string[] }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: "access"; readonly target: Expression; readonly key: Expression };

/** Parses a string of the JSON as OpenTofu does: literal text with `${…}`; `$${` is a literal `${`, `%%{` a `%{`. */
export function parseTemplate(text: string): Expression {
  const parser = new Parser(text);
  const parts = parser.templateParts(undefined);
  return asTemplate(parts);
}

function asTemplate(parts: readonly Expression[]): Expression {
  const [only] = parts;
  if (only === undefined) return { kind: "literal", value: "" };
  return parts.length === 1 ? only : { kind: "template", parts };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };
const IDENTIFIER = /[A-Za-z_][\w-]*/y;
const NUMBER = /-?\d+(\.\d+)?/y;

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Parts up to `end` (a quote inside an expression) or the end of the text. */
  templateParts(end: '"' | undefined): readonly Expression[] {
    const parts: Expression[] = [];
    let literal = "";
    const flush = () => {
      if (literal !== "") parts.push({ kind: "literal", value: literal });
      literal = "";
    };
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) {
        if (end !== undefined) this.#fail("a closing quote");
        break;
      }
      if (character === end) {
        this.#at++;
        break;
      }
      if (this.#take("$${")) literal += "${";
      else if (this.#take("%%{")) literal += "%{";
      else if (this.#text.startsWith("%{", this.#at)) this.#fail("no directive");
      else if (this.#take("${")) {
        flush();
        parts.push(this.#expression());
        this.#expect("}");
      } else if (end !== undefined && character === "\\") literal += this.#escape();
      else {
        literal += character;
        this.#at++;
      }
    }
    flush();
    return parts;
  }

  #escape(): string {
    const next = this.#text[this.#at + 1] ?? "";
    if (next === "u") {
      const code = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!/^[0-9a-f]{4}$/i.test(code)) this.#fail("four hexadecimal digits");
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    const value = ESCAPES[next];
    if (value === undefined) this.#fail("a known escape");
    this.#at += 2;
    return value ?? "";
  }

  #expression(): Expression {
    let value = this.#primary();
    for (;;) {
      this.#space();
      if (this.#take(".")) value = access(value, { kind: "literal", value: this.#match(IDENTIFIER) ?? this.#digits() });
      else if (this.#take("[")) {
        value = access(value, this.#expression());
        this.#expect("]");
      } else return value;
    }
  }

  #primary(): Expression {
    this.#space();
    if (this.#take('"')) return asTemplate(this.templateParts('"'));
    if (this.#take("[")) return { kind: "list", items: this.#sequence("]", () => this.#expression()) };
    if (this.#take("{")) return { kind: "object", entries: this.#sequence("}", () => this.#entry()) };
    if (this.#take("(")) {
      const inner = this.#expression();
      this.#expect(")");
      return inner;
    }
    const number = this.#match(NUMBER);
    if (number !== undefined) return { kind: "literal", value: Number(number) };
    const name = this.#match(IDENTIFIER);
    if (name === undefined) return this.#fail("a value");
    if (this.#take("(")) return { kind: "call", name, args: this.#sequence(")", () => this.#expression()) };
    if (name === "true" || name === "false") return { kind: "literal", value: name === "true" };
    if (name === "null") return { kind: "literal", value: null };
    return { kind: "reference", path: [name] };
  }

  #entry(): readonly [Expression, Expression] {
    const key = this.#primary();
    this.#space();
    if (!this.#take("=")) this.#expect(":");
    const named = key.kind === "reference" ? ({ kind: "literal", value: key.path.join(".") } as const) : key;
    return [named, this.#expression()];
  }

  #sequence<T>(end: string, item: () => T): readonly T[] {
    const items: T[] = [];
    this.#space();
    while (!this.#take(end)) {
      items.push(item());
      this.#space();
      if (!this.#take(",") && this.#text[this.#at] !== end) this.#fail(`"," or "${end}"`);
      this.#space();
    }
    return items;
  }

  #digits(): string {
    return this.#match(/\d+/y) ?? this.#fail("a name");
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #expect(token: string): void {
    this.#space();
    if (!this.#take(token)) this.#fail(`"${token}"`);
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #fail(wanted: string): never {
    const near = this.#text.slice(Math.max(0, this.#at - 40), this.#at + 40);
    throw new Error(
      `The twin can't read this expression: expected ${wanted} at character ${this.#at}, near "${near}".`,
    );
  }
}

/** `a.b` on a reference makes a longer reference; on anything else it is an access. */
function access(target: Expression, key: Expression): Expression {
  if (target.kind === "reference" && key.kind === "literal") {
    return { kind: "reference", path: [...target.path, String(key.value)] };
  }
  return { kind: "access", target, key };
}
