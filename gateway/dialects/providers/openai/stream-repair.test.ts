import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventScanner } from "../../../relay/event-scanner.ts";
import { cuts, gathered } from "../../../test/dialect-cases.ts";
import { begin, call, calls, callsOf, choice, DONE, data, finish, repaired } from "../../../test/openai-stream.ts";
import { StreamRepair } from "./stream-repair.ts";

describe("tool calls of a stream, for its clients", () => {
  const c1 = { id: "c1", name: "weather", arguments: '{"city":"Oslo"}' };
  const c2 = { id: "c2", name: "weather", arguments: '{"city":"Bergen"}' };
  const whole = (index: object, { id, name, arguments: json }: typeof c1) => call({ ...index, id }, name, json);

  test.each([
    ["at the same index", calls(whole({ index: 0 }, c1)) + calls(whole({ index: 0 }, c2))],
    ["without an index", calls(whole({}, c1)) + calls(whole({}, c2))],
    ["without an index, in one event", calls(whole({}, c1), whole({}, c2))],
    ["with a null index", calls(whole({ index: null }, c1)) + calls(whole({ index: null }, c2))],
    ["from index 1 on", calls(whole({ index: 1 }, c1)) + calls(whole({ index: 2 }, c2))],
  ])("that come whole %s are two calls", (_how, events) => {
    expect(callsOf(events)).toEqual([c1, c2]);
  });

  test("that come in pieces at the same index are separated by their ids", () => {
    const events = [
      calls(begin(0, "c1", "weather")),
      calls(begin(0, "c2", "weather")),
      calls(call({ index: 0, id: "c1" }, undefined, c1.arguments)),
      calls(call({ index: 0, id: "c2" }, undefined, c2.arguments)),
    ];
    expect(callsOf(...events)).toEqual([c1, c2]);
  });

  test.each([
    ["empty", { id: "" }],
    ["null", { id: null }],
    ["missing", {}],
  ])("whose ids are %s get one each, at the same index too", (_how, id) => {
    const events = [
      calls(call({ index: 0, ...id }, "weather", c1.arguments)),
      calls(call({ index: 0, ...id }, "weather", c2.arguments)),
    ];
    expect(callsOf(...events)).toEqual([
      { ...c1, id: "call_chatcmpl-1_0" },
      { ...c2, id: "call_chatcmpl-1_1" },
    ]);
  });

  test("that all have one id get others", () => {
    const events = [calls(begin(0, "c", "a", "{}")), calls(begin(1, "c", "a", "{}")), calls(begin(1, "c", "a", "{}"))];
    expect(callsOf(...events).map(({ id }) => id)).toEqual(["c", "call_chatcmpl-1_1", "call_chatcmpl-1_2"]);
  });

  test("that repeat their id and name in each delta have both once", () => {
    const pieces = ["{", '"city":"Oslo"', "}", ""];
    expect(callsOf(...pieces.map((json) => calls(begin(0, "c1", "weather", json))))).toEqual([c1]);
  });

  test("whose server makes up another id for each delta have their first one", () => {
    const events = [calls(begin(0, "c1", "weather", "{")), calls(call({ index: 0, id: "x" }, undefined, "}"))];
    expect(callsOf(...events)).toEqual([{ ...c1, arguments: "{}" }]);
  });

  test.each([
    ["before its end", [calls(begin(0, "c1", "list")), finish("tool_calls")]],
    ["in the event of its end", [choice({ tool_calls: [begin(0, "c1", "list")] }, "tool_calls")]],
    ["with white space", [calls(begin(0, "c1", "list", " ")), finish("stop")]],
    ["without the field", [calls({ index: 0, id: "c1", function: { name: "list" } }), finish("stop")]],
  ])("without arguments have an empty object: %s", (_when, events) => {
    const { calls, finish: reason } = gathered(repaired(events.join("") + DONE));
    expect(calls.map(({ arguments: json }) => json.trim())).toEqual(["{}"]);
    expect(reason).toBe("tool_calls");
  });

  test("without arguments are completed among others that have some", () => {
    const events = [
      calls(begin(0, "a", "list")),
      calls(begin(1, "c1", "weather", c1.arguments)),
      calls(begin(2, "b", "x")),
    ];
    expect(callsOf(...events).map(({ arguments: json }) => json)).toEqual(["{}", c1.arguments, "{}"]);
  });

  test("whose arguments are an object have them as text", () => {
    const events = calls({
      index: 0,
      id: "c1",
      type: "function",
      function: { name: "weather", arguments: { city: "Oslo" } },
    });
    expect(callsOf(events)).toEqual([c1]);
  });

  test("get the type that clients require", () => {
    expect(repaired(calls(call({ index: 0, id: "c1" }, "weather", "{}")))).toContain('"type":"function"');
  });

  test("of several choices are counted apart", () => {
    const of = (index: number) => choice({ tool_calls: [begin(0, `c${index}`, "weather")] }, null, index);
    const text = repaired(of(0) + of(1) + choice({}, "stop", 1) + choice({}, "stop", 0) + DONE);
    expect(text.match(/"index":\d,"delta":\{"tool_calls":\[\{"index":0,"function":\{"arguments":"\{\}"/g)).toHaveLength(
      2,
    );
    expect(text.match(/"finish_reason":"tool_calls"/g)).toHaveLength(2);
  });

  test("of custom tools keep their input, and get no arguments", () => {
    const custom = choice({
      tool_calls: [{ index: 0, id: "c", type: "custom", custom: { name: "patch", input: "" } }],
    });
    const text =
      custom + choice({ tool_calls: [{ index: 0, custom: { input: "*** x" } }] }) + finish("tool_calls") + DONE;
    expect(repaired(text)).toBe(text);
  });
});

describe("the end of a stream with tool calls, for its clients", () => {
  test.each([
    ["stop", "tool_calls"],
    ["tool_calls", "tool_calls"],
    ["length", "length"],
    ["content_filter", "content_filter"],
  ])("that is %s becomes %s", (reason, expected) => {
    expect(gathered(repaired(calls(begin(0, "c", "f", "{}")) + finish(reason) + DONE)).finish).toBe(expected);
  });

  test("without a call stays stop", () => {
    const text = choice({ content: '"tool_calls": [{' }) + finish("stop") + DONE;
    expect(repaired(text)).toBe(text);
  });

  test("takes an unsound usage out of an event whose text has line separators", () => {
    const content = "a\u2028b\u2029c";
    const text = repaired(
      data({ id: "1", choices: [{ index: 0, delta: { content } }], usage: { prompt_tokens: -3 } }) + DONE,
    );
    expect(text).toContain(content);
    expect(text).toContain('"usage":null');
    expect(text).toContain(DONE);
  });

  test("does not repeat the usage of its event", () => {
    const counted = data({
      id: "1",
      choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
      usage: { prompt_tokens: 3 },
    });
    const text = repaired(calls(begin(0, "c", "f")) + counted + DONE);
    expect(text.match(/"usage"/g)).toHaveLength(1);
    expect(gathered(text).calls).toEqual([{ id: "c", name: "f", arguments: "{}" }]);
  });
});

describe("other events", () => {
  test("have their other lines when they are corrected", () => {
    const event = `id: 7\nevent: chunk\n${calls(call({ id: "c" }, "f", "{}"))}`;
    expect(repaired(event)).toMatch(/^id: 7\nevent: chunk\ndata: \{.*"index":0.*\}\n\n$/);
  });

  test("are not parsed: what is no JSON is passed on, between tool calls too", () => {
    const strange = 'data: {"choices":[{"delta":{"content":"hello, but not\n\n';
    expect(repaired(calls(begin(0, "c", "f", "{}")) + strange)).toContain(strange);
    const listed = 'data: {"choices":[{"delta":{"tool_calls":[{"index"\n\n';
    expect(repaired(listed)).toBe(listed);
  });

  test("have content as a text, and thinking beside it, where a server sends parts", () => {
    const parts = [
      { type: "thinking", thinking: [{ type: "text", text: "Hm" }] },
      { type: "text", text: "Hi" },
    ];
    const { content, reasoning } = gathered(repaired(choice({ content: parts }) + finish("stop") + DONE));
    expect([content, reasoning]).toEqual(["Hi", "Hm"]);
  });

  test("with log probabilities stay as they are", () => {
    const logprobs = { content: [{ token: "a", logprob: -0.25, bytes: [97], top_logprobs: [] }] };
    const text = data({ id: "1", choices: [{ index: 0, delta: { content: "a" }, logprobs, finish_reason: null }] });
    expect(repaired(text)).toBe(text);
  });
});

describe("a call in the form that came before tool_calls, in a stream", () => {
  const pieces = [
    choice({ role: "assistant", content: null, function_call: { name: "weather", arguments: "" } }),
    choice({ function_call: { arguments: '{"city":' } }),
    choice({ function_call: { arguments: '"Oslo"}' } }),
    finish("function_call"),
    DONE,
  ];
  const stream = pieces.join("");

  test("is a tool call with an id, and the end is that of tool calls, wherever the bytes are cut", () => {
    const expected = { id: "call_chatcmpl-1_0", name: "weather", arguments: '{"city":"Oslo"}' };
    void fc.assert(
      fc.property(cuts, (sizes) => {
        const text = repaired(stream, sizes);
        expect(gathered(text)).toMatchObject({ calls: [expected], finish: "tool_calls", isDone: true });
        expect(text).not.toContain("function_call");
      }),
    );
  });

  test("stays the very bytes for a client that sent `functions`", () => {
    const scanner = new EventScanner({ stripUsage: false, repair: new StreamRepair({ keepsFunctionCalls: true }) });
    expect(scanner.push(Buffer.from(stream)).toString()).toBe(stream);
  });
});

describe("the ids of a stream's events", () => {
  const event = (id: object, content: string) =>
    data({ ...id, object: "chat.completion.chunk", choices: [{ index: 0, delta: { content }, finish_reason: null }] });

  test.each([{}, { id: "" }, { id: null }, { id: "chatcmpl-" }])("are made, one for all, where they are %j", (id) => {
    const usage = data({ ...id, choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } });
    const text = repaired(event(id, "a") + event(id, "b") + usage + DONE);
    const ids = [...text.matchAll(/"id":"(chatcmpl-[0-9a-f]{32})"/g)].map(([, made]) => made);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  test("stay where a server has them, also behind Azure's first event, which has none", () => {
    const first = data({ id: "", choices: [], prompt_filter_results: [] });
    const events = first + data({ choices: [{ index: 0, delta: {}, finish_reason: null }], id: "mine" }) + DONE;
    expect(repaired(events)).toBe(events);
  });
});

describe("what clients look into unasked", () => {
  const usage = { prompt_tokens: 1, completion_tokens: 2 };

  test("choices that are null are dropped, and an empty list where the event has the usage", () => {
    const text = choice({ content: "a" }) + data({ id: "chatcmpl-1", choices: null }) + finish("stop");
    expect(repaired(text + data({ id: "chatcmpl-1", choices: null, usage }) + DONE)).toBe(
      choice({ content: "a" }) + finish("stop") + data({ id: "chatcmpl-1", choices: [], usage }) + DONE,
    );
  });

  test("an empty list of choices beside the usage stays the very bytes", () => {
    const text = choice({ content: "a" }) + finish("stop") + data({ id: "chatcmpl-1", choices: [], usage }) + DONE;
    expect(repaired(text)).toBe(text);
  });

  test("a choice that is null is dropped, and a delta that is null is an empty one", () => {
    const event = (choices: unknown) => data({ id: "chatcmpl-1", choices });
    const last = { index: 0, finish_reason: "stop" };
    expect(repaired(event([null, { ...last, delta: null }]) + DONE)).toBe(event([{ ...last, delta: {} }]) + DONE);
  });
});
