import { isRecord } from "../../../../../lib/is-record.ts";
import { parseJson } from "../../../../../lib/parse-json.ts";
import {
  DEFAULT_PROMPT_LIMIT,
  DEFAULT_SETTINGS,
  EFFORTS,
  isInBounds,
  MAX_PANES,
  MAX_PROMPT_LIMIT,
  PARAMETERS,
  type Settings,
} from "./settings.ts";
import { readFormat, readTools, TOOL_CHOICES } from "./tools.ts";

/** What a link brings to whoever opens it: no key, and no answer. */
export interface SharedState {
  readonly models: readonly string[];
  readonly settings: Settings;
  readonly prompt: string;
}

/** The parameter of the fragment. */
const NAME = "playground";
/** A longer link is cut by programs that pass it on. */
export const MAX_LINK = 16_000;
const MAX_MODEL = 200;

/**
 * A link that opens the playground with this state. The state is in the fragment, which browsers never send: no server and no log has
 * the prompt. The path is the sign-in's, which passes on to the playground whoever is signed in.
 */
export function shareLink(state: SharedState, origin: string, project: string | undefined): string {
  const page = `/playground${project === undefined ? "" : `?project=${encodeURIComponent(project)}`}`;
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
  return `${origin}/login?to=${encodeURIComponent(page)}#${NAME}=${text}`;
}

/** The state of a link's fragment; `undefined` where there is none. Fields of another shape are skipped. */
export function sharedState(fragment: string): SharedState | undefined {
  const text = new URLSearchParams(fragment.replace(/^#/, "")).get(NAME);
  if (text === null) return undefined;
  const value = decoded(text);
  if (!isRecord(value)) return undefined;
  const settings = isRecord(value.settings) ? value.settings : {};
  const models = Array.isArray(value.models) ? value.models : [];
  const limit = settings.promptLimit;
  const isLimit = typeof limit === "number" && Number.isInteger(limit) && limit >= 1 && limit <= MAX_PROMPT_LIMIT;
  return {
    models: models.filter((model) => typeof model === "string" && model.length <= MAX_MODEL).slice(0, MAX_PANES),
    settings: {
      system: textOf(settings.system),
      parameters: parametersOf(settings.parameters),
      ...requestPartsOf(settings),
      promptLimit: isLimit ? limit : DEFAULT_PROMPT_LIMIT,
    },
    prompt: textOf(value.prompt),
  };
}

function decoded(text: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    return parseJson(new TextDecoder().decode(bytes));
  } catch {
    // No base64: a link that was cut.
    return undefined;
  }
}

/** Tools and form of the answer; what the API would refuse is left out. */
function requestPartsOf({ tools, toolChoice, format, effort }: Readonly<Record<string, unknown>>) {
  const readList = readTools(tools);
  const readForm = readFormat(format);
  return {
    tools: "value" in readList ? readList.value : DEFAULT_SETTINGS.tools,
    toolChoice: TOOL_CHOICES.find((choice) => choice === toolChoice) ?? DEFAULT_SETTINGS.toolChoice,
    format: "value" in readForm ? readForm.value : DEFAULT_SETTINGS.format,
    effort: EFFORTS.find((one) => one === effort),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function parametersOf(value: unknown): Settings["parameters"] {
  if (!isRecord(value)) return {};
  const known = PARAMETERS.flatMap(({ name }) => {
    const number = value[name];
    return typeof number === "number" && isInBounds(name, number) ? [[name, number] as const] : [];
  });
  return Object.fromEntries(known);
}
