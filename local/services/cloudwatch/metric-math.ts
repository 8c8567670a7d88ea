import type { MetricPoint } from "./metric-store.ts";

/** Points of a series by the start of their period. */
export type Points = ReadonlyMap<number, number>;

export interface MathInput {
  /** Series by their id. */
  readonly series: ReadonlyMap<string, Points>;
  /** The value of `PERIOD(id)`. */
  readonly periodSeconds: number;
}

/** Value at one time; `undefined` where a series has none. */
type Term = (time: number) => number | undefined;

/**
 * Evaluates a CloudWatch metric-math expression: numbers, ids, arithmetic, comparisons, `IF`, `FILL`, `PERIOD`.
 * A point exists where every series that it takes has one.
 * @throws with the expression and the part of it that is not understood
 */
export function evaluateMath(expression: string, input: MathInput): readonly MetricPoint[] {
  const term = new Parser(expression, input).parse();
  const times = new Set([...input.series.values()].flatMap((points) => [...points.keys()]));
  return [...times]
    .sort((a, b) => a - b)
    .flatMap((time) => {
      const value = term(time);
      return value === undefined || !Number.isFinite(value) ? [] : [{ time, value }];
    });
}

const TOKEN = /\s*(\d+(?:\.\d+)?|[A-Za-z]\w*|>=|<=|==|!=|[-+*/(),<>])/y;

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  ">": (a, b) => Number(a > b),
  ">=": (a, b) => Number(a >= b),
  "<": (a, b) => Number(a < b),
  "<=": (a, b) => Number(a <= b),
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
};
/** Weakest first. */
const LEVELS = [
  [">", ">=", "<", "<=", "==", "!="],
  ["+", "-"],
  ["*", "/"],
] as const;

class Parser {
  readonly #expression: string;
  readonly #input: MathInput;
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(expression: string, input: MathInput) {
    this.#expression = expression;
    this.#input = input;
    this.#tokens = this.#split();
  }

  parse(): Term {
    const term = this.#level(0);
    if (this.#peek() !== undefined) throw this.#wrong(`"${this.#peek()}" is too much`);
    return term;
  }

  #split(): readonly string[] {
    const text = this.#expression.trimEnd();
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
      const start = TOKEN.lastIndex;
      const token = TOKEN.exec(text)?.[1];
      if (token === undefined) throw this.#wrong(`"${text.slice(start)}" is not understood`);
      tokens.push(token);
    }
    return tokens;
  }

  #level(level: number): Term {
    const operators: readonly string[] | undefined = LEVELS[level];
    if (operators === undefined) return this.#factor();
    let left = this.#level(level + 1);
    for (let token = this.#peek(); token !== undefined && operators.includes(token); token = this.#peek()) {
      this.#at++;
      left = binary(OPERATORS[token], left, this.#level(level + 1));
    }
    return left;
  }

  #factor(): Term {
    const token = this.#next();
    if (token === "-") {
      const operand = this.#factor();
      return binary(OPERATORS["-"], () => 0, operand);
    }
    if (token === "(") {
      const inside = this.#level(0);
      this.#expect(")");
      return inside;
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (this.#peek() === "(") return this.#call(token);
    const points = this.#series(token);
    return (time) => points.get(time);
  }

  #call(name: string): Term {
    this.#expect("(");
    if (name === "PERIOD") {
      this.#series(this.#next());
      this.#expect(")");
      return () => this.#input.periodSeconds;
    }
    const args = [this.#level(0)];
    while (this.#peek() === ",") {
      this.#at++;
      args.push(this.#level(0));
    }
    this.#expect(")");
    const [first, second, third] = args;
    if (name === "IF" && first && second && third)
      return (time) => {
        const condition = first(time);
        return condition === undefined ? undefined : condition !== 0 ? second(time) : third(time);
      };
    if (name === "FILL" && first && second) return (time) => first(time) ?? second(time);
    throw this.#wrong(`the twin does not know ${name} with ${args.length} arguments`);
  }

  #series(id: string): Points {
    const points = this.#input.series.get(id);
    if (!points) throw this.#wrong(`there is no series ${id}`);
    return points;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw this.#wrong("it ends too early");
    return token;
  }

  #expect(wanted: string): void {
    const token = this.#next();
    if (token !== wanted) throw this.#wrong(`expected ${wanted}, got ${token}`);
  }

  #wrong(what: string): Error {
    return new Error(`metric math "${this.#expression}": ${what}`);
  }
}

function binary(operator: ((a: number, b: number) => number) | undefined, left: Term, right: Term): Term {
  return (time) => {
    const [a, b] = [left(time), right(time)];
    return a === undefined || b === undefined ? undefined : operator?.(a, b);
  };
}
