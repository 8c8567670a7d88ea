import { describe, expect, test } from "vitest";
import type { Problem } from "../../../ui/stream/problem.ts";
import { type ChatAction, type ChatState, canSend, chatReducer, INITIAL_STATE, isBusy } from "./chat-state.ts";
import { figuresOf } from "./figures.ts";
import { statusText } from "./status-text.ts";

const REQUEST = { model: "m", prompt: "p" };
const problem = (kind: Problem["kind"], retryAfterSeconds = 0): Problem => ({
  kind,
  message: "the API's message",
  details: [],
  retryAfterSeconds,
});
const sent = (id: number, at = 0): ChatAction => ({ type: "sent", id, at, request: REQUEST });
const text = (id: number, at: number, words: string, deltas = 1): ChatAction => ({
  type: "part",
  id,
  at,
  part: { text: words, deltas },
});
const run = (...actions: readonly ChatAction[]): ChatState => actions.reduce(chatReducer, INITIAL_STATE);

describe("the states of one response", () => {
  test("goes from waiting to streaming with the first token, not with the role frame", () => {
    const role: ChatAction = { type: "part", id: 1, at: 5, part: { text: "", deltas: 0 } };
    expect(run(sent(1), role).phase.kind).toBe("waiting");
    expect(run(sent(1), role, text(1, 9, "a")).phase.kind).toBe("streaming");
  });

  test("measures first token and rate, and takes the engine's counts over its own", () => {
    const streamed = run(sent(1, 1000), text(1, 1500, "a"), text(1, 2000, "b"), text(1, 2500, "c"));
    expect(figuresOf(streamed.current!)).toEqual({
      firstTokenMs: 500,
      tokensPerSecond: 2,
      responseTokens: 3,
      isApproximate: true,
    });
    const usage = { promptTokens: 7, completionTokens: 5 };
    const done = chatReducer(streamed, { type: "part", id: 1, at: 2600, part: { text: "", deltas: 0, usage } });
    expect(figuresOf(done.current!)).toEqual({
      firstTokenMs: 500,
      tokensPerSecond: 4,
      responseTokens: 5,
      promptTokens: 7,
      isApproximate: false,
    });
  });

  test("counts arrivals per step of time, with the silent steps at nought", () => {
    expect(run(sent(1), text(1, 250, "a", 2), text(1, 510, "b")).current?.flow).toEqual([0, 0, 2, 0, 0, 1]);
  });

  test("has the text so far when it is stopped, and ignores later deltas", () => {
    const state = run(sent(1), text(1, 1, "kept"), { type: "stopped", id: 1 }, text(1, 2, " late"));
    expect(state).toMatchObject({ phase: { kind: "done" }, current: { response: "kept", ending: "stopped" } });
    expect(statusText(state)).toBe("Stopped. The text so far stays.");
  });

  test("moves to the history when the next prompt is sent, unless it has no text", () => {
    const next = run(
      sent(1),
      text(1, 1, "one"),
      { type: "completed", id: 1 },
      sent(2),
      { type: "stopped", id: 2 },
      sent(3),
    );
    expect(next.history.map((exchange) => exchange.response)).toEqual(["one"]);
  });

  test("ignores actions of an exchange after another has replaced it", () => {
    const state = run(sent(1), { type: "stopped", id: 1 }, sent(2), { type: "completed", id: 1 }, text(1, 5, "old"));
    expect(state).toMatchObject({ phase: { kind: "waiting" }, current: { id: 2, response: "" } });
  });

  test("does not start a second request beside a running one", () => {
    expect(run(sent(1), sent(2)).current?.id).toBe(1);
  });
});

describe("problems", () => {
  test("429 closes sending until the limit is over", () => {
    const limited = run(sent(1, 100), { type: "failed", id: 1, at: 200, problem: problem("limited", 2) });
    expect(limited.phase).toMatchObject({ kind: "limited", until: 2200 });
    expect(canSend(limited.phase)).toBe(false);
    expect(isBusy(limited.phase)).toBe(false);
    expect(statusText(limited)).toContain("in 2 seconds");
    expect(canSend(chatReducer(limited, { type: "limitOver" }).phase)).toBe(true);
  });

  test("503 waits and tries again, and the clock starts anew", () => {
    const unavailable: ChatAction = {
      type: "unavailable",
      id: 1,
      at: 50,
      problem: problem("unavailable", 1),
      attempt: 1,
      attempts: 3,
    };
    const state = run(sent(1), unavailable);
    expect(state.phase).toMatchObject({ kind: "unavailable", until: 1050, attempt: 1 });
    expect(isBusy(state.phase)).toBe(true);
    expect(statusText(state)).toContain("in 1 second.");
    const again = chatReducer(state, { type: "retrying", id: 1, at: 1050 });
    expect(again).toMatchObject({ phase: { kind: "waiting" }, current: { sentAt: 1050 } });
  });

  test("has the text of a response that broke off", () => {
    const state = run(sent(1), text(1, 1, "half"), { type: "failed", id: 1, at: 2, problem: problem("interrupted") });
    expect(state).toMatchObject({ phase: { kind: "failed" }, current: { response: "half", ending: "broken" } });
  });

  test("back online opens a page that failed offline, and no other", () => {
    const fail = (kind: Problem["kind"]) => run(sent(1), { type: "failed", id: 1, at: 2, problem: problem(kind) });
    expect(chatReducer(fail("offline"), { type: "backOnline" }).phase).toEqual({ kind: "idle", reason: "backOnline" });
    expect(chatReducer(fail("timeout"), { type: "backOnline" }).phase.kind).toBe("failed");
  });
});
