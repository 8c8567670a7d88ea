import { describe, expect, test } from "vitest";
import { newDataKey, openContent, sealContent } from "./generation-content.ts";

const content = {
  request: Buffer.from('{"messages":[{"role":"user","content":"a planted prompt"}]}'),
  response: Buffer.from("data: ü\n\ndata: [DONE]\n\n"),
  contentType: "text/event-stream",
  chunks: [
    [12, 10],
    [15, 14],
  ] as const,
};

describe("the encrypted content of a generation", () => {
  test("is read with the keys of all its subjects, byte for byte", async () => {
    const keys = [newDataKey(), newDataKey()];
    const sealed = await sealContent(content, keys, "gen_1");
    expect(await openContent(new Uint8Array(sealed), keys, "gen_1")).toEqual(content);
    expect(sealed.includes("planted")).toBe(false);
  });

  test("is not read without one of them, as another generation's, or after a bit was changed", async () => {
    const [owner, project] = [newDataKey(), newDataKey()];
    const sealed = await sealContent(content, [owner, project], "gen_1");
    for (const keys of [[owner], [project], [newDataKey(), project], [owner, newDataKey()], [project, owner]])
      await expect(openContent(sealed, keys, "gen_1")).rejects.toThrow();
    await expect(openContent(sealed, [owner, project], "gen_2")).rejects.toThrow();
    for (const position of [0, 20, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(position) ^ 1, position);
      await expect(openContent(changed, [owner, project], "gen_1")).rejects.toThrow();
    }
  });
});
