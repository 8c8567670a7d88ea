/** A hostile response of an upstream. */
export interface UpstreamShape {
  readonly name: string;
  readonly body: () => string | Buffer;
  readonly encoding?: "gzip";
  /** Sent once, before the body. @default - nothing */
  readonly first?: () => string | Buffer;
  /** How often the body is sent, one behind the other. @default 1 */
  readonly times?: number;
  /** @default "openai" */
  readonly dialect?: "anthropic" | "bedrock" | "gemini";
  /** Whether the client reads no more than the response's head. @default false */
  readonly isUnread?: boolean;
  /** @default - in pieces as large as they come */
  readonly framing?: "bytewise";
  /** Whether the first part and the body are sent as they are, with a status line and a head of their own. @default false */
  readonly isRaw?: boolean;
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether nothing of it is a response, so that it is waited for in vain. @default false */
  readonly isSilent?: boolean;
}

const MEGABYTE = 1_000_000;
const chunk = (delta: string, more = "") =>
  `data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":${delta},"finish_reason":null}]${more}}\n\n`;
const START = chunk('{"role":"assistant","content":""}');
const END = 'data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const stream = (events: string) => `${START}${events}${END}`;
const text = (content: string) => chunk(`{"content":${JSON.stringify(content)}}`);
const call = (index: number, more: string) => chunk(`{"tool_calls":[{"index":${index}${more}}]}`);
const named = (index: number) =>
  call(index, `,"id":"c${index}","type":"function","function":{"name":"f","arguments":""}`);
const headers = () => "a:b\r\n".repeat(200_000);
const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;

/** Of OpenAI's dialect. */
export const OPENAI_SHAPES: readonly UpstreamShape[] = [
  { name: "a stream in chunks of one byte", body: () => stream(text("a").repeat(1500)), framing: "bytewise" },
  { name: "a beginning in chunks of one byte", body: () => stream(":\n".repeat(60_000)), framing: "bytewise" },
  {
    name: "a packed stream in chunks of one byte",
    body: () => stream(Array.from({ length: 8000 }, (_, index) => text(`${index}`)).join("")),
    encoding: "gzip",
    framing: "bytewise",
  },
  {
    name: "an event without an end",
    body: () => `${START}data: {"choices":[{"delta":{"content":"${"a".repeat(5 * MEGABYTE)}`,
  },
  { name: "a line without an end", body: () => "a".repeat(5 * MEGABYTE) },
  { name: "a million empty events", body: () => stream("data:\n\n".repeat(MEGABYTE)) },
  { name: "a million comments", body: () => stream(":\n".repeat(MEGABYTE)) },
  { name: "a million blank lines", body: () => stream("\n".repeat(MEGABYTE)) },
  { name: "events of one letter", body: () => stream(text("a").repeat(10_000)) },
  { name: "events that are no JSON", body: () => stream("data: {\n\n".repeat(100_000)) },
  {
    name: "a count of a million digits",
    body: () => stream(chunk("{}", `,"usage":{"prompt_tokens":${"9".repeat(MEGABYTE)},"completion_tokens":1}`)),
  },
  {
    name: "usage in every event",
    body: () => stream(chunk("{}", ',"usage":{"prompt_tokens":1e400,"completion_tokens":-1}').repeat(5000)),
  },
  { name: "marks of usage in a text", body: () => stream(text('"usage":{'.repeat(60_000))) },
  { name: "a deep event", body: () => stream(`data: ${deep}\n\n`) },
  {
    name: "deep arguments of a call",
    body: () => stream(named(0) + call(0, `,"function":{"arguments":${JSON.stringify(deep)}}`)),
  },
  { name: "calls of huge numbers", body: () => stream(named(4_294_967_295) + named(1e15) + named(-1)) },
  { name: "thousands of calls", body: () => stream(Array.from({ length: 5000 }, (_, index) => named(index)).join("")) },
  {
    name: "arguments of one letter",
    body: () => stream(named(0) + call(0, ',"function":{"arguments":"a"}').repeat(8000)),
  },
  {
    name: "choices by the thousand",
    body: () => stream(`data: {"choices":[${'{"index":0,"delta":{"content":"a"}},'.repeat(25_000)}{}]}\n\n`),
  },
  {
    name: "names of prototypes",
    body: () => stream('data: {"__proto__":{"choices":[1]},"constructor":1,"choices":{"length":1e9}}\n\n'.repeat(1000)),
  },
  { name: "lone surrogates", body: () => stream(chunk(`{"content":"${"\\ud800".repeat(150_000)}"}`)) },
  {
    name: "a stream that unpacks to 50 MB",
    body: () => Buffer.alloc(50 * MEGABYTE, ":\n"),
    encoding: "gzip",
    isSilent: true,
  },
  {
    name: "a text that unpacks to 50 MB",
    body: () => Buffer.concat([Buffer.from(`${START}data: {"a":"`), Buffer.alloc(50 * MEGABYTE, "a")]),
    encoding: "gzip",
  },
  {
    name: "200 MB of text that nobody reads",
    body: () => text("a".repeat(60_000)).repeat(166),
    encoding: "gzip",
    times: 20,
    isUnread: true,
  },
  { name: "bytes that are not packed", body: () => stream(text("a")), headers: { "content-encoding": "gzip" } },
  { name: "an error of a megabyte", body: () => `{"error":{"message":"${"a".repeat(MEGABYTE)}"}}`, status: 400 },
  { name: "a deep error", body: () => `{"error":${deep}}`, status: 400 },
  { name: "a wait without an end", body: () => "{}", status: 429, headers: { "retry-after": "9".repeat(300) } },
  { name: "names in a head without an end", first: () => "HTTP/1.1 200 OK\r\n", body: headers, times: 30, isRaw: true },
  {
    name: "empty headers",
    body: () => `HTTP/1.1 200 OK\r\n${"a:\r\n".repeat(16_000)}content-type: text/event-stream\r\n\r\n${stream("")}`,
    isRaw: true,
  },
  {
    name: "empty headers without an end",
    first: () => "HTTP/1.1 200 OK\r\n",
    body: () => "a:\r\n".repeat(200_000),
    times: 30,
    isRaw: true,
  },
  {
    name: "trailers without an end",
    first: () =>
      `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${START.length.toString(16)}\r\n${START}\r\n0\r\n`,
    body: headers,
    times: 30,
    isRaw: true,
  },
  {
    name: "informational responses without an end",
    body: () => "HTTP/1.1 103 E\r\n\r\n".repeat(60_000),
    times: 30,
    isRaw: true,
  },
  {
    name: "a whole response for a stream",
    body: () => `{"choices":[{"message":{"content":"${"a".repeat(MEGABYTE)}"}}]}`,
  },
];
