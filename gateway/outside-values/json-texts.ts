import { parseJson } from "../../lib/parse-json.ts";
import { MAX_JSON_DEPTH, tooDeepField } from "./json-depth.ts";
import { JsonMeter } from "./json-meter.ts";

export interface JsonTextBounds {
  /** Fields of all objects, and lists. */
  readonly fields: number;
  /** Values behind another one in their object or list. */
  readonly values: number;
}

/** As many as a whole body or response may have itself: to parse them takes under 50 ms. */
const MAX_IN_TEXTS: JsonTextBounds = { fields: 30_000, values: 350_000 };

/** Characters below which a text can't take long: `[],` is the shortest field. */
const SHORT_CHARACTERS = 3 * MAX_IN_TEXTS.fields;

/**
 * Parses an event of a stream, which nobody has measured as whole responses are.
 * @returns `undefined` where it is no JSON, nested too deep, or over the bounds
 */
export function parseEvent(data: string): unknown {
  if (data.length > SHORT_CHARACTERS) return new JsonTexts().parse(data);
  const event = parseJson(data);
  return tooDeepField(event) === undefined ? event : undefined;
}

/**
 * Parses JSON that is written as texts within one body or response, such as the arguments of its calls. The bounds of the
 * body or response do not look into its texts: these are measured before they are parsed, all together.
 */
export class JsonTexts {
  readonly #most: JsonTextBounds;
  #fields = 0;
  #values = 0;
  #isTooDeep = false;

  constructor(most = MAX_IN_TEXTS) {
    this.#most = most;
  }

  /** @returns `undefined` for a text that is no JSON, or nested too deep, and once the texts are over the bounds together */
  parse(text: string): unknown {
    const meter = new JsonMeter();
    meter.push(Buffer.from(text));
    this.#fields += meter.fields;
    this.#values += meter.commas;
    const isTooDeep = meter.deepest > MAX_JSON_DEPTH;
    this.#isTooDeep ||= isTooDeep;
    return this.isOver || isTooDeep ? undefined : parseJson(text);
  }

  /** Whether one of the texts was nested too deep to be parsed. */
  get isTooDeep(): boolean {
    return this.#isTooDeep;
  }

  /** Whether the texts so far have more fields or values than are parsed. */
  get isOver(): boolean {
    return this.#fields > this.#most.fields || this.#values > this.#most.values;
  }
}
