import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkFirstEvents, checkWhole } from "./check-response.ts";

const begin = (text: string) => () => checkFirstEvents(Buffer.from(text), "text/event-stream");

describe("the beginning of a provider's stream", () => {
  test.each(['data: {"id":1}', ": ping\n\n", "event: x\ndata: 1", "\r\n\ndata: 1", "da", "id: 1", "retry: 5"])(
    "%j may be one",
    (text) => {
      expect(begin(text)).not.toThrow();
    },
  );

  test.each(["<!doctype html>", '{"choices":[]}', "dada", "date: 1", "d:"])("%j is none", (text) => {
    expect(begin(text)).toThrow("upstream malformed");
  });

  test.each(['data: {"error":{"message":"x"}}\n\n', 'event: error\ndata: {"error":"x"}\n\n'])(
    "%j is a failure",
    (text) => {
      expect(begin(text)).toThrow("upstream failed");
    },
  );

  test("any cut of a good beginning is good", () => {
    const text = 'data: {"id":"1"}\n\n';
    void fc.assert(
      fc.property(fc.integer({ min: 1, max: text.length }), (end) => {
        expect(begin(text.slice(0, end))).not.toThrow();
      }),
    );
  });

  test("frames of another kind are left to their dialect", () => {
    expect(() => checkFirstEvents(Buffer.from([0, 0, 0, 1]), "application/vnd.amazon.eventstream")).not.toThrow();
  });
});

describe("a provider's whole answer", () => {
  test.each(['{"choices":[]}', '{"object":"list","data":[]}'])("%s is one", (text) => {
    expect(() => checkWhole(Buffer.from(text))).not.toThrow();
  });

  test.each(["", "{", '{"choices":[', "<html>", "[]", "null", '{"content":[]}'])("%j is none", (text) => {
    expect(() => checkWhole(Buffer.from(text))).toThrow("upstream malformed");
  });

  test("with an error in it is a failure", () => {
    expect(() => checkWhole(Buffer.from('{"error":{"message":"x"}}'))).toThrow("upstream failed");
  });
});
