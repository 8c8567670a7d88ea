import { SERVED, type Shape, type ShapeBuilder, STORED_ID } from "./shape.ts";

const RESPONSES = "/v1/responses";

/** Requests of two steps: one that is stored, and one that refers to it. */
export function storedShapes(build: ShapeBuilder): readonly Shape[] {
  const { model, bytes } = build;
  const input = [{ role: "user", content: "a".repeat(bytes - 1000) }];
  const before = Buffer.from(JSON.stringify({ model, max_output_tokens: 16, store: true, input }));
  const item = { type: "item_reference", id: `msg_${STORED_ID}0000` };
  const body = { model, max_output_tokens: 16, input: Array(100).fill(item) };
  const next = { model, max_output_tokens: 16, previous_response_id: `resp_${STORED_ID}`, input };
  return [
    { ...build.json("one stored item, named a hundred times", RESPONSES, body), before },
    { ...build.json("a body behind a stored one", RESPONSES, next, SERVED), before },
  ];
}
