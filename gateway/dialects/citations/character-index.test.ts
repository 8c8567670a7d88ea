import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CharacterIndex } from "./character-index.ts";

test("characters are found by their bytes, wherever the text is cut", () => {
  const pieces = fc.array(fc.oneof(fc.string({ unit: "grapheme", maxLength: 20 }), fc.constant("long é ".repeat(400))));
  void fc.assert(
    fc.property(pieces, fc.nat(9000), (texts, wanted) => {
      const index = new CharacterIndex();
      for (const text of texts) index.push(text);
      const all = texts.join("");
      const characters = Array.from(all);
      let at = 0;
      // The byte of a whole character that is the nearest.
      let bytes = 0;
      while (at < characters.length && bytes < wanted) bytes += Buffer.byteLength(characters[at++] ?? "");
      expect(index.charactersBefore(bytes)).toBe(characters.slice(0, at).join("").length);
    }),
  );
});
