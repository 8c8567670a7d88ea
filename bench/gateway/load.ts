import type { System } from "./systems.ts";

/** The form of a response: whole, or a stream of events. */
export const SHAPES = ["json", "sse"] as const;
export type Shape = (typeof SHAPES)[number];

/** Requests that are open at once in a closed loop. */
export const OPEN: Readonly<Record<Shape, number>> = { json: 64, sse: 128 };

/** One request of a shape to a system, as the loops want it. */
export function loadOf({ origin, headers }: Pick<System, "origin" | "headers">, shape: Shape) {
  const messages = [{ role: "user", content: "List three fruits, please." }];
  const stream = shape === "sse" ? { stream: true } : {};
  return {
    origin,
    headers,
    path: "/v1/chat/completions",
    body: { model: "tiny", messages, max_tokens: 31, ...stream },
  };
}
