import { UnsupportedSchema } from "./unsupported-schema.ts";

/** llama.cpp writes repetitions out; more than this makes sampling very slow. */
const MAX_REPEAT = 1000;
/** Of all repetitions together. */
const MAX_REPEATS = 20_000;
/** Members of a class: ranges of code points. */
type Ranges = readonly (readonly [number, number])[];

const DIGIT: Ranges = [[0x30, 0x39]];
const WORD: Ranges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const SPACE: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
];
const LINE_ENDS: Ranges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
];
/** Characters that a JSON string must escape. */
const NOT_IN_STRING: Ranges = [
  [0x00, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x7f, 0x7f],
];
const CLASSES: Readonly<Record<string, Ranges>> = { d: DIGIT, w: WORD, s: SPACE };
const CONTROLS: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09, f: 0x0c, v: 0x0b, 0: 0x00 };

export interface RegexOptions {
  /**
   * Whether it is a JSON schema's `pattern`: the text is between the quotes of a JSON string, and the expression
   * may match a part of it. Uses the rule `char` of the JSON grammar. @default false
   */
  readonly inJsonString?: boolean;
  /** Path of the expression in the schema, for errors. @default - the top */
  readonly path?: string;
}

/**
 * A GBNF expression for the texts that a regular expression matches from beginning to end. Groups, classes,
 * alternatives and repetitions are written over; lazy ones mean the same, as only the set of texts counts.
 * Throws UnsupportedSchema for features that a context-free grammar can't express: look-around, back references, word boundaries.
 */
export function regexExpression(source: string, options: RegexOptions = {}): string {
  return new RegexReader(source, options).whole();
}

/** GBNF for exactly this text. */
export function literalText(text: string): string {
  return `"${Array.from(text, (character) => hex(character.codePointAt(0) ?? 0)).join("")}"`;
}

class RegexReader {
  readonly #source: readonly string[];
  readonly #inJsonString: boolean;
  readonly #path: string;
  #at = 0;
  #repeats = 0;
  #depth = 0;

  constructor(source: string, { inJsonString = false, path = "" }: RegexOptions) {
    this.#source = [...source];
    this.#inJsonString = inJsonString;
    this.#path = path;
  }

  whole(): string {
    const expression = this.#alternatives();
    if (this.#at < this.#source.length) throw this.#unsupported("a `)` without its `(`");
    return expression;
  }

  #alternatives(): string {
    const branches = [this.#sequence()];
    while (this.#peek() === "|") {
      this.#at += 1;
      branches.push(this.#sequence());
    }
    return branches.length === 1 ? (branches[0] ?? "") : `(${branches.join(" | ")})`;
  }

  #sequence(): string {
    const parts: string[] = [];
    const isPart = this.#inJsonString && this.#depth === 0;
    if (this.#depth === 0 && this.#peek() === "^") this.#at += 1;
    else if (isPart) parts.push("char*");
    let isAnchored = false;
    for (let next = this.#peek(); next !== undefined && next !== "|" && next !== ")"; next = this.#peek()) {
      const after = this.#source[this.#at + 1];
      isAnchored = this.#depth === 0 && next === "$" && (after === undefined || after === "|");
      if (isAnchored) this.#at += 1;
      else parts.push(this.#repeated(this.#atom()));
    }
    if (isPart && !isAnchored) parts.push("char*");
    return parts.length === 0 ? '""' : parts.join(" ");
  }

  #atom(): string {
    const character = this.#take();
    switch (character) {
      case "(":
        return this.#group();
      case "[":
        return this.#class();
      case ".":
        return this.#written(LINE_ENDS, true);
      case "\\":
        return this.#escape();
      case "^":
      case "$":
        throw this.#unsupported(`\`${character}\` in the middle`);
      case "*":
      case "+":
      case "?":
        throw this.#unsupported(`\`${character}\` with nothing before it`);
      default:
        return this.#literal(character.codePointAt(0) ?? 0);
    }
  }

  #group(): string {
    if (this.#peek() === "?") {
      this.#at += 1;
      const kind = this.#take();
      const name = kind === "P" && this.#peek() === "<" ? this.#take() : kind;
      if (name === "<" && !["=", "!"].includes(this.#peek() ?? "")) while (this.#take() !== ">");
      else if (name !== ":") throw this.#unsupported("look-around or flags in a group");
    }
    this.#depth += 1;
    const inner = this.#alternatives();
    this.#depth -= 1;
    if (this.#take() !== ")") throw this.#unsupported("a `(` without its `)`");
    return `(${inner})`;
  }

  #escape(): string {
    const letter = this.#peek() ?? "";
    const ranges = CLASSES[letter.toLowerCase()];
    if (ranges !== undefined) {
      this.#at += 1;
      return this.#written(ranges, letter !== letter.toLowerCase());
    }
    if (/[1-9kbBAZzpP]/.test(letter)) throw this.#unsupported(`\`\\${letter}\``);
    return this.#literal(this.#escapedCharacter());
  }

  /** Code point of an escape that stands for one character. */
  #escapedCharacter(): number {
    const letter = this.#take();
    const length = { x: 2, u: 4 }[letter];
    if (length !== undefined) {
      const digits = this.#source.slice(this.#at, this.#at + length).join("");
      if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length < length)
        throw this.#unsupported(`\`\\${letter}\` without its digits`);
      this.#at += length;
      return Number.parseInt(digits, 16);
    }
    return CONTROLS[letter] ?? letter.codePointAt(0) ?? 0;
  }

  #class(): string {
    const isNegated = this.#peek() === "^";
    if (isNegated) this.#at += 1;
    const ranges: (readonly [number, number])[] = [];
    for (let isFirst = true; this.#peek() !== "]" || isFirst; isFirst = false) {
      const from = this.#member(ranges);
      if (from === undefined) continue;
      const isRange = this.#peek() === "-" && ![undefined, "]"].includes(this.#source[this.#at + 1]);
      if (isRange) this.#at += 1;
      const to = isRange ? this.#member(ranges) : from;
      if (to === undefined || to < from) throw this.#unsupported("a range of a class that has no end");
      ranges.push([from, to]);
    }
    this.#at += 1;
    return this.#written(ranges, isNegated);
  }

  /** One character of a class; a class of its own such as `\d` goes into `ranges`. */
  #member(ranges: (readonly [number, number])[]): number | undefined {
    const character = this.#take();
    if (character !== "\\") return character.codePointAt(0);
    const letter = this.#peek() ?? "";
    const own = CLASSES[letter];
    if (own === undefined) {
      if (CLASSES[letter.toLowerCase()]) throw this.#unsupported(`\`\\${letter}\` inside of a class`);
      return letter === "b" ? this.#unsupportedCharacter("\\b") : this.#escapedCharacter();
    }
    this.#at += 1;
    ranges.push(...own);
    return undefined;
  }

  #unsupportedCharacter(text: string): never {
    throw this.#unsupported(`\`${text}\``);
  }

  #repeated(atom: string): string {
    const sign = this.#peek();
    let times = "";
    if (sign === "*" || sign === "+" || sign === "?") {
      times = sign;
      this.#at += 1;
    } else if (sign === "{") {
      const rest = this.#source.slice(this.#at, this.#at + 16).join("");
      const [text, min = "", comma = "", max = ""] = /^\{(\d*)(,?)(\d*)\}/.exec(rest) ?? [];
      if (text === undefined || min + max === "") throw this.#unsupported("a `{` that is no repetition; write `\\{`");
      if (Number(min) > MAX_REPEAT || Number(max) > MAX_REPEAT) {
        throw this.#unsupported(`a repetition of more than ${MAX_REPEAT} times`);
      }
      this.#repeats += Math.max(Number(min), Number(max));
      if (this.#repeats > MAX_REPEATS)
        throw this.#unsupported(`repetitions of more than ${MAX_REPEATS} times together`);
      times = `{${min || 0}${comma}${max}}`;
      this.#at += text.length;
    } else return atom;
    // Lazy and possessive repetitions have the same texts.
    if (this.#peek() === "?" || this.#peek() === "+") this.#at += 1;
    return `${atom}${times}`;
  }

  #literal(code: number): string {
    if (this.#inJsonString && (code === 0x22 || code === 0x5c)) return `"${hex(0x5c)}${hex(code)}"`;
    if (this.#inJsonString && isIn(NOT_IN_STRING, code))
      throw this.#unsupported("a control character in a JSON string");
    return `"${hex(code)}"`;
  }

  #written(ranges: Ranges, isNegated: boolean): string {
    if (ranges.length === 0) throw this.#unsupported("an empty class");
    if (!this.#inJsonString) return classOf(ranges, isNegated);
    if (isNegated) return classOf([...ranges, ...NOT_IN_STRING], true);
    const bare = ranges.flatMap(([from, to]) => without(NOT_IN_STRING, from, to));
    if (bare.length === 0) throw this.#unsupported("a class without a character that may stand in a JSON string");
    return classOf(bare, false);
  }

  #peek(): string | undefined {
    return this.#source[this.#at];
  }

  #take(): string {
    const character = this.#source[this.#at];
    if (character === undefined) throw this.#unsupported("an expression that ends in the middle");
    this.#at += 1;
    return character;
  }

  #unsupported(what: string): UnsupportedSchema {
    return new UnsupportedSchema(this.#path, `the regular expression has ${what}, which can't be enforced`);
  }
}

function classOf(ranges: Ranges, isNegated: boolean): string {
  const members = ranges.map(([from, to]) => (from === to ? hex(from) : `${hex(from)}-${hex(to)}`));
  return `[${isNegated ? "^" : ""}${members.join("")}]`;
}

/** The parts of a range that are in none of the others, which are sorted. */
function without(others: Ranges, from: number, to: number): [number, number][] {
  const parts: [number, number][] = [];
  let start = from;
  for (const [first, last] of others) {
    if (last < start || first > to) continue;
    if (first > start) parts.push([start, first - 1]);
    start = last + 1;
  }
  if (start <= to) parts.push([start, to]);
  return parts;
}

function isIn(ranges: Ranges, code: number): boolean {
  return ranges.some(([from, to]) => code >= from && code <= to);
}

/** Every character by its number: so a literal or a class has no special characters. */
function hex(code: number): string {
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}
