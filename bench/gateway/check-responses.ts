import { eventData } from "../../lib/server-sent-events.ts";
import { loadOf, SHAPES, type Shape } from "./load.ts";
import type { System } from "./systems.ts";

/**
 * Checks that a system passes the model server's response on: status 200, the same text, reason and tokens, and of a
 * stream every event up to the last.
 * @param upstream origin of the model server
 * @throws with the first difference
 */
export async function checkResponses(system: Pick<System, "name" | "origin" | "headers">, upstream: string) {
  for (const shape of SHAPES) {
    const expected = await contentOf({ origin: upstream, headers: {} }, shape);
    const found = await contentOf(system, shape);
    if (found !== expected)
      throw new Error(
        `${system.name} responds ${found} to a ${shape} request, where the model server responds ${expected}`,
      );
  }
}

/** What a client reads from a response, as JSON. */
async function contentOf(server: Pick<System, "origin" | "headers">, shape: Shape): Promise<string> {
  const { origin, path, headers, body } = loadOf(server, shape);
  const response = await fetch(`${origin}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (response.status !== 200) return JSON.stringify({ status: response.status, text: text.slice(0, 200) });
  return JSON.stringify(shape === "sse" ? streamContent(text) : wholeContent(JSON.parse(text)));
}

interface Choice {
  readonly message?: { readonly content?: string };
  readonly delta?: { readonly content?: string };
  readonly finish_reason?: string | null;
}
interface Completion {
  readonly choices?: readonly Choice[];
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number };
}

function wholeContent({ choices, usage }: Completion) {
  const [choice] = choices ?? [];
  const { prompt_tokens: prompt, completion_tokens: completion } = usage ?? {};
  return { text: choice?.message?.content, finish: choice?.finish_reason, tokens: [prompt, completion] };
}

function streamContent(text: string) {
  const events = eventData(text);
  const completions: readonly Completion[] = events.filter((data) => data !== "[DONE]").map((data) => JSON.parse(data));
  const choices = completions.flatMap((completion) => completion.choices ?? []);
  const words = choices.flatMap(({ delta }) => delta?.content || []);
  return {
    words,
    finish: choices.findLast(({ finish_reason: reason }) => typeof reason === "string")?.finish_reason,
    isComplete: events.at(-1) === "[DONE]",
  };
}
