/** A file of batch requests, and what becomes of a batch of it. */
export interface BatchShape {
  readonly name: string;
  readonly lines: Buffer;
  /** States that are right once its lines were read. */
  readonly states: readonly string[];
}

/** Below the 9 MB that a local stack's files may have. */
const FILE_BYTES = 8_000_000;
const FAILED = ["failed"];
/** Lines that are read, of which each is served or fails alone. */
const RUN = ["in_progress", "finalizing", "completed", "cancelling", "cancelled", "failed"];

/** Files whose lines cost more to read than to send. */
export function batchShapes(model: string, bytes = FILE_BYTES): readonly BatchShape[] {
  const shape = (name: string, lines: string | Buffer, states: readonly string[]): BatchShape => ({
    name: `batch: ${name}`,
    lines: Buffer.from(lines).subarray(0, bytes),
    states,
  });
  const request = (id: string, body: object) =>
    JSON.stringify({ custom_id: id, method: "POST", url: "/v1/chat/completions", body: { model, ...body } });
  const filled = (line: string) => `${line}\n`.repeat(bytes / (line.length + 1));
  const messages = [{ role: "user", content: "a" }];
  return [
    shape("newlines", "\n".repeat(bytes), FAILED),
    shape("blanks and newlines", " \r\n".repeat(bytes / 3), FAILED),
    shape("lines that are no JSON", filled("{"), FAILED),
    shape("lines of nothing", filled("{}"), FAILED),
    shape("one line without an end", `{"a":"${"b".repeat(bytes)}`, FAILED),
    shape("zeros", Buffer.alloc(bytes), FAILED),
    shape("one id on all lines", filled(request("a", { messages })), FAILED),
    shape(
      "more lines than a batch may have",
      manyLines(bytes, (index) => request(`r${index}`, {})),
      FAILED,
    ),
    shape("deep lines", filled(`{"custom_id":"a","body":${"[".repeat(3000)}`), FAILED),
    shape("names of prototypes", filled('{"__proto__":{"custom_id":"a"},"constructor":1}'), FAILED),
    shape("a long name of a field", `${request("a", { messages, ["k".repeat(900_000)]: 1 })}\n`, RUN),
    shape("a long custom_id", `${request("i".repeat(900_000), { messages })}\n`, FAILED),
  ];
}

function manyLines(bytes: number, line: (index: number) => string): string {
  return Array.from({ length: bytes / line(0).length }, (_, index) => line(index)).join("\n");
}
