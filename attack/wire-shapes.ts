import { CHAT_PATH as CHAT, SERVED, type Shape, type ShapeBuilder } from "./shape.ts";

/** Of a node's HTTP parser for a head that is over its limit. */
const HEAD_REFUSED = [400, 431];
/** Without a response. */
const CLOSED = 0;
/** Below the 16 KiB that a head may have, with what else is in it. */
const HEAD_BYTES = 14_000;

/** Requests that are costly before their body is read, or because of how it comes. */
export function wireShapes(build: ShapeBuilder): readonly Shape[] {
  const { bytes } = build;
  const body = JSON.stringify(build.chat({ x: "b".repeat(bytes / 10) }));
  const json = "content-type: application/json";
  const get = (name: string, path: string, headers: readonly string[], statuses: readonly number[]): Shape => ({
    name,
    method: "GET",
    path,
    headers,
    body: Buffer.alloc(0),
    framing: "none",
    statuses,
  });
  const lines = (line: string) => Array<string>(Math.floor(HEAD_BYTES / (line.length + 2))).fill(line);
  return [
    {
      name: "JSON in chunks of one byte",
      path: CHAT,
      headers: [json],
      body: Buffer.from(body),
      framing: "bytewise",
      statuses: SERVED,
    },
    {
      name: "a body that is compressed",
      path: CHAT,
      headers: [json, "content-encoding: gzip"],
      body: Buffer.alloc(bytes - 1000, "\x1f\x8b"),
      statuses: [415],
    },
    {
      name: "requests one behind the other",
      method: "GET",
      path: "/livez",
      headers: [],
      body: Buffer.from("GET /livez HTTP/1.1\r\nhost: a\r\n\r\n".repeat(bytes / 33)),
      framing: "none",
      statuses: [200, CLOSED],
    },
    {
      name: "requests of an API behind each other",
      method: "GET",
      path: "/v1/models",
      headers: [],
      body: Buffer.from("GET /v1/models HTTP/1.1\r\nhost: a\r\n\r\n".repeat(bytes / 37)),
      framing: "none",
      statuses: [200, 401, CLOSED],
    },
    get("headers", "/v1/models", lines("a: b"), [200, ...HEAD_REFUSED]),
    get(
      "headers of many names",
      "/v1/models",
      lines("a: b").map((_, index) => `${index.toString(36)}: b`),
      [200, ...HEAD_REFUSED],
    ),
    get("a head over its limit", "/v1/models", [`a: ${"b".repeat(bytes - 1000)}`], HEAD_REFUSED),
    get("addresses of hops", "/v1/models", [`forwarded: ${"for=1,".repeat(HEAD_BYTES / 6)}`], [200]),
    get("parameters of a query", `/v1/files?${"a=1&".repeat(HEAD_BYTES / 4)}`, [], [200, 404]),
    get("escapes of a path", `/v1/models/${"%2e".repeat(HEAD_BYTES / 3)}`, [], [400, 404]),
    get("steps of a path", `/v1${"/..".repeat(HEAD_BYTES / 3)}`, [], [400, 404]),
    get("a long credential", "/v1/models", [`x-api-key: ${"s".repeat(HEAD_BYTES)}`], [200, 401]),
    ...formShapes(bytes),
  ];
}

function formShapes(bytes: number): readonly Shape[] {
  const part = (name: string, more = "") => `--b\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n`;
  const empty = `${part("a")}x\r\n`;
  const form = (name: string, text: string): Shape => ({
    name,
    path: "/v1/files",
    headers: ["content-type: multipart/form-data; boundary=b"],
    body: Buffer.from(text).subarray(0, bytes),
    // A gateway without files has no such path.
    statuses: [400, 404, 413],
  });
  return [
    form("parts of a form", `${empty.repeat(bytes / empty.length)}--b--`),
    form("a form's head without an end", `--b\r\n${"a: b\r\n".repeat(bytes / 6)}`),
    form("beginnings of boundaries", `${part("file", '; filename="f"')}${"\r\n--".repeat(bytes / 4 - 100)}`),
    form("a form's name of escapes", `--b\r\ncontent-disposition: form-data; name="${"\\a".repeat(3500)}\r\n\r\n`),
    form("a field that is too long", `${part("purpose")}${"p".repeat(bytes - 200)}\r\n--b--`),
    { ...form("a form in chunks of one byte", `${empty.repeat(bytes / 10 / empty.length)}--b--`), framing: "bytewise" },
  ];
}
