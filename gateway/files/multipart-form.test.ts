import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormError, formBoundary, readForm } from "./multipart-form.ts";

interface ReadPart {
  readonly name: string;
  readonly filename: string | undefined;
  readonly data: string;
}

/** Reads a form that arrives in pieces of these sizes, one after the other. */
async function partsOf(
  bytes: Buffer,
  boundary: string,
  sizes: readonly number[] = [bytes.length],
): Promise<ReadPart[]> {
  async function* pieces() {
    for (let at = 0, index = 0; at < bytes.length; index++) {
      const size = sizes[index % sizes.length] ?? 1;
      yield bytes.subarray(at, at + size);
      at += size;
    }
  }
  const parts: { name: string; filename: string | undefined; chunks: Buffer[] }[] = [];
  await readForm(pieces(), boundary, {
    part: (part) => void parts.push({ ...part, chunks: [] }),
    data: (chunk) => void parts.at(-1)?.chunks.push(Buffer.from(chunk)),
  });
  return parts.map(({ chunks, ...part }) => ({ ...part, data: Buffer.concat(chunks).toString("latin1") }));
}

/** The bytes of a form as Node's own fetch writes it. */
async function written(form: FormData): Promise<{ readonly bytes: Buffer; readonly boundary: string }> {
  const request = new Request("http://localhost", { method: "POST", body: form });
  const boundary = formBoundary(request.headers.get("content-type") ?? "") ?? "";
  return { bytes: Buffer.from(await request.arrayBuffer()), boundary };
}

describe("a form", () => {
  test("that fetch wrote is read with its fields and files, in whatever pieces it arrives", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }),
        async (content, sizes) => {
          const form = new FormData();
          form.append("purpose", "batch");
          form.append("file", new File([content], "lines.jsonl"));
          form.append("empty", "");
          const { bytes, boundary } = await written(form);
          expect(await partsOf(bytes, boundary, sizes)).toEqual([
            { name: "purpose", filename: undefined, data: "batch" },
            { name: "file", filename: "lines.jsonl", data: Buffer.from(content).toString("latin1") },
            { name: "empty", filename: undefined, data: "" },
          ]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("whose file nearly contains the boundary loses no byte of it", async () => {
    const data = "\r\n--xx\r\n--x\r\r\n--xyy\r\n-";
    const bytes = Buffer.from(`--xyz\r\ncontent-disposition: form-data; name=a\r\n\r\n${data}\r\n--xyz--\r\n`);
    for (const size of [1, 2, 3, 7, bytes.length])
      expect(await partsOf(bytes, "xyz", [size])).toEqual([{ name: "a", filename: undefined, data }]);
  });

  test("reads file names without folders and with their quotes", async () => {
    const form = new FormData();
    form.append("file", new File(["x"], '../a/b"c.jsonl'));
    const { bytes, boundary } = await written(form);
    expect(await partsOf(bytes, boundary)).toMatchObject([{ filename: 'b"c.jsonl' }]);
  });

  test("reads a file name with line separators", async () => {
    const form = new FormData();
    form.append("file", new File(["x"], "a\u2028b.jsonl"));
    const { bytes, boundary } = await written(form);
    expect(await partsOf(bytes, boundary)).toMatchObject([{ filename: "a\u2028b.jsonl" }]);
  });

  test.each([
    ["without its end", "--x\r\ncontent-disposition: form-data; name=a\r\n\r\nabc", /is not complete/],
    ["with a part without name", "--x\r\ncontent-type: text/plain\r\n\r\nabc\r\n--x--", /has no name/],
    ["with an endless head", `--x\r\n${"a".repeat(9000)}`, /over 8192 bytes/],
    ["that is empty", "", /is not complete/],
    ["with text behind a boundary", "--xabc\r\n", /something else than a line break/],
    ["with too many parts", '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n\r\n'.repeat(33), /more than 32/],
  ])("%s is refused", async (_case, text, message) => {
    const failure = partsOf(Buffer.from(text), "x");
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(FormError);
  });

  test("of arbitrary bytes is read or refused, never anything else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200 }), async (text) => {
        const pieces = Buffer.from(`--x\r\n${text}\r\n--x--`);
        await partsOf(pieces, "x", [5]).catch((error: unknown) => expect(error).toBeInstanceOf(FormError));
      }),
    );
  });
});

test("the boundary is read from a form's type, with and without quotes, and from no other type", () => {
  expect(formBoundary("multipart/form-data; boundary=abc")).toBe("abc");
  expect(formBoundary('Multipart/Form-Data; charset=utf-8; boundary="a b"')).toBe("a b");
  expect(formBoundary("multipart/mixed; boundary=abc")).toBeUndefined();
  expect(formBoundary("application/json")).toBeUndefined();
  expect(formBoundary("multipart/form-data; boundary=")).toBeUndefined();
  expect(formBoundary(undefined)).toBeUndefined();
});
