import { describe, expect, test } from "vitest";
import { eventData, serverSentEvents } from "./server-sent-events.ts";

describe("the events of a stream", () => {
  test("have a name where one is written, and their lines of data joined", () => {
    const text = ": a comment\n\nevent: delta\ndata: one\ndata: two\n\nid: 7\ndata: größe 🌊\r\n\r\ndata: [DONE]\n\n";
    expect(serverSentEvents(text)).toEqual([
      { name: "delta", data: "one\ntwo" },
      { name: undefined, data: "größe 🌊" },
      { name: undefined, data: "[DONE]" },
    ]);
    expect(eventData(text)).toEqual(["one\ntwo", "größe 🌊", "[DONE]"]);
  });

  test("of an empty stream are none", () => {
    expect(serverSentEvents("")).toEqual([]);
  });

  test("are refused where a line is no field", () => {
    expect(() => serverSentEvents("data: a\n\n<html>\n\n")).toThrow(/fields of server-sent events alone.*<html>/);
  });

  test.each(["data: a", "data: a\n", "data: a\n\ndata: b\r\n"])("are refused where %j cuts the last one", (text) => {
    expect(() => serverSentEvents(text)).toThrow(/must end with an empty line/);
  });
});
