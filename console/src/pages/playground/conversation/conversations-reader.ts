import { isRecord } from "../../../../../lib/is-record.ts";
import type { PromptImage, ToolCall, ToolResult } from "./chat-messages.ts";
import { type Conversation, createConversation, nextId } from "./conversation.ts";
import { FILE_VERSION } from "./conversations-file.ts";
import { isImageUrl } from "./images.ts";
import { DEFAULT_SETTINGS, EFFORTS, isInBounds, MAX_PANES, PARAMETERS, type Settings } from "./settings.ts";
import { type Read, readFormat, readJson, readTools, TOOL_CHOICES } from "./tools.ts";
import type { Turn } from "./turn.ts";

/** Pictures of some conversations; more would make the page slow. */
const MAX_BYTES = 50_000_000;
/** Of one conversation. */
const MAX_TURNS = 1000;

interface OpenedFile {
  readonly settings: Settings;
  readonly panes: readonly Conversation[];
}

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with the file: field, rule and value. */
class FileProblem extends Error {
  override readonly name = "FileProblem";
}

/** Reads a file that the playground saved. Whatever is in it, nothing of it is run or fetched. */
export async function readConversations(file: Blob): Promise<Read<OpenedFile>> {
  if (file.size > MAX_BYTES) return { problem: `The file must have at most ${MAX_BYTES} bytes, got ${file.size}.` };
  const json = readJson(await file.text());
  if ("problem" in json) return { problem: `The file must be JSON: ${json.problem}` };
  try {
    return { value: openedFile(json.value) };
  } catch (error) {
    if (error instanceof FileProblem) return { problem: error.message };
    throw error;
  }
}

/** @throws {FileProblem} */
function openedFile(value: unknown): OpenedFile {
  const file = record(value, "The file");
  if (file.version !== 1 && file.version !== FILE_VERSION)
    fail("version", `1 or ${FILE_VERSION}; open it with the release that saved it`, file.version);
  const rounds = new Map<number, number>();
  const list = array(file.conversations, "conversations", MAX_PANES);
  if (list.length === 0) fail("conversations", "a list of at least one", list);
  return {
    settings: settingsOf(file),
    panes: list.map((entry, index) => conversationOf(entry, `conversations.${index}`, rounds)),
  };
}

function settingsOf({ system, parameters, tools, tool_choice, response_format, reasoning_effort }: Fields): Settings {
  const entries = Object.entries(parameters === undefined ? {} : record(parameters, "parameters"));
  const known = entries.map(([name, value]) => {
    const parameter = PARAMETERS.find((each) => each.name === name);
    if (parameter === undefined || typeof value !== "number" || !isInBounds(parameter.name, value))
      return fail(`parameters.${name}`, "a parameter within its bounds", value);
    return [name, value] as const;
  });
  return {
    ...DEFAULT_SETTINGS,
    system: text(system ?? "", "system"),
    parameters: Object.fromEntries(known),
    tools: tools === undefined ? [] : checked(readTools(tools)),
    toolChoice: TOOL_CHOICES.find((choice) => choice === tool_choice) ?? "auto",
    format: response_format === undefined ? DEFAULT_SETTINGS.format : checked(readFormat(response_format)),
    effort: EFFORTS.find((one) => one === reasoning_effort),
  };
}

/** @param rounds those of the file with those of this window, which all panes share */
function conversationOf(value: unknown, at: string, rounds: Map<number, number>): Conversation {
  const entry = record(value, at);
  const model = text(entry.model, `${at}.model`);
  if (entry.turns === undefined) return createConversation(model, fromMessages(entry, at, model));
  const turns: Turn[] = [];
  for (const [index, each] of array(entry.turns, `${at}.turns`, MAX_TURNS).entries())
    turns.push(turnOf(each, `${at}.turns.${index}`, turns, rounds));
  return createConversation(model, { all: turns, tip: placed(entry.shown, `${at}.shown`, turns)?.id });
}

function turnOf(value: unknown, at: string, before: readonly Turn[], rounds: Map<number, number>): Turn {
  const turn = record(value, at);
  const round = typeof turn.round === "number" ? turn.round : fail(`${at}.round`, "a number", turn.round);
  if (!rounds.has(round)) rounds.set(round, nextId());
  return {
    ...emptyTurn(text(turn.model, `${at}.model`)),
    after: placed(turn.after, `${at}.after`, before)?.id,
    round: rounds.get(round) ?? round,
    prompt: text(turn.prompt, `${at}.prompt`),
    images: array(turn.images, `${at}.images`, MAX_TURNS).map((image, i) => imageOf(image, `${at}.images.${i}`)),
    results: array(turn.results, `${at}.results`, MAX_TURNS).map((result, i) => resultOf(result, `${at}.results.${i}`)),
    text: text(turn.text, `${at}.text`),
    thinking: text(turn.thinking, `${at}.thinking`),
    toolCalls: array(turn.tool_calls, `${at}.tool_calls`, MAX_TURNS).map((call, i) =>
      callOf(call, `${at}.tool_calls.${i}`),
    ),
    ...(typeof turn.finish_reason === "string" ? { finishReason: turn.finish_reason } : {}),
  };
}

/** Version 1: prompts and answers in turns. */
function fromMessages({ messages }: Fields, at: string, model: string) {
  const list = array(messages, `${at}.messages`, 2 * MAX_TURNS).map((each, i) => record(each, `${at}.messages.${i}`));
  const turns: Turn[] = [];
  for (let index = 0; index + 1 < list.length; index += 2)
    turns.push({
      ...emptyTurn(model),
      after: turns.at(-1)?.id,
      prompt: text(list[index]?.content, `${at}.messages.${index}.content`),
      text: text(list[index + 1]?.content, `${at}.messages.${index + 1}.content`),
    });
  return { all: turns, tip: turns.at(-1)?.id };
}

function emptyTurn(model: string): Turn {
  return {
    id: nextId(),
    after: undefined,
    round: nextId(),
    model,
    prompt: "",
    images: [],
    results: [],
    text: "",
    thinking: "",
    toolCalls: [],
    phase: "done",
    figures: { sentAt: 0, deltas: 0 },
  };
}

function imageOf(value: unknown, at: string): PromptImage {
  const { name, url } = record(value, at);
  if (!isImageUrl(url)) return fail(`${at}.url`, "a PNG, JPEG, WebP or GIF as data URL", url);
  return { name: text(name, `${at}.name`), url };
}

function resultOf(value: unknown, at: string): ToolResult {
  const { callId, content } = record(value, at);
  return { callId: text(callId, `${at}.callId`), content: text(content, `${at}.content`) };
}

function callOf(value: unknown, at: string): ToolCall {
  const call = record(value, at);
  const { name, arguments: input } = record(call.function, `${at}.function`);
  return {
    id: text(call.id, `${at}.id`),
    type: "function",
    function: { name: text(name, `${at}.function.name`), arguments: text(input, `${at}.function.arguments`) },
  };
}

/** The turn at a place of the list; an earlier one, so that no turn follows itself. */
function placed(value: unknown, at: string, turns: readonly Turn[]): Turn | undefined {
  if (value === null || value === undefined) return undefined;
  const turn = typeof value === "number" ? turns[value] : undefined;
  return turn ?? fail(at, "null or the place of an earlier turn", value);
}

function record(value: unknown, at: string): Fields {
  return isRecord(value) ? value : fail(at, "an object", value);
}

function array(value: unknown, at: string, most: number): readonly unknown[] {
  return Array.isArray(value) && value.length <= most ? value : fail(at, `a list of at most ${most}`, value);
}

function text(value: unknown, at: string): string {
  return typeof value === "string" ? value : fail(at, "a text", value);
}

function checked<Value>(read: Read<Value>): Value {
  if ("problem" in read) throw new FileProblem(read.problem);
  return read.value;
}

function fail(at: string, rule: string, value: unknown): never {
  const shown = value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80);
  throw new FileProblem(`${at} must be ${rule}, got ${shown}.`);
}
